import { childNodes, type Hook, type Rule } from './redocly-types.ts';

/** Every body, and every parameter, is shown by an example. */
export const examplesPresent: Rule = () => ({
  RequestBody: { MediaType: { enter: requireExamples } },
  Response: { MediaType: { enter: requireExamples } },
  Parameter: {
    enter({ name, example }, { location, report }) {
      if (example === undefined) report({ message: `The parameter "${String(name)}" needs an example.`, location });
    },
  },
});

const requireExamples: Hook = ({ examples }, { key, location, report }) => {
  if (childNodes(examples).length > 0) return;
  report({ message: `The body (${key}) needs at least one entry in examples.`, location: location.key() });
};
