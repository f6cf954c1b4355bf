import { childNodes, isNode, type Location, type Rule } from './redocly-types.ts';
import { examplesWithoutRequest } from './streaming.ts';

interface NamedExample {
  name: string;
  place: Location;
}

/** A request and its answer have examples of the same name, which is how the mock finds the answer to a request. */
export const examplesPaired: Rule = () => ({
  Operation: {
    leave({ requestBody, responses }, { location, report }) {
      const sent = listExamples(requestBody, location.child('requestBody'));
      const answered = childNodes(responses)
        .filter(([status]) => status.startsWith('2'))
        .flatMap(([status, response]) => listExamples(response, location.child(['responses', status])));
      if (sent.length === 0 || answered.length === 0) return;
      for (const { name, place } of sent.filter(isMissingIn(answered)))
        report({ message: `No answer has an example "${name}".`, location: place.key() });
      const asked = answered.filter(({ name }) => !examplesWithoutRequest.includes(name));
      for (const { name, place } of asked.filter(isMissingIn(sent)))
        report({ message: `The request has no example "${name}".`, location: place.key() });
    },
  },
});

function isMissingIn(others: NamedExample[]): (example: NamedExample) => boolean {
  const names = new Set(others.map(({ name }) => name));
  return ({ name }) => !names.has(name);
}

function listExamples(holder: unknown, location: Location): NamedExample[] {
  const content = isNode(holder) ? holder.content : undefined;
  return childNodes(content).flatMap(([mediaType, { examples }]) =>
    childNodes(examples).map(([name]) => ({
      name,
      place: location.child(['content', mediaType, 'examples', name]),
    })),
  );
}
