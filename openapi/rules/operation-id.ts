import type { Rule } from './redocly-types.ts';

/** `operationId` is `Resource_method`, and the resource is the operation's tag: clients are generated from it. */
export const operationId: Rule = () => ({
  Operation: {
    enter({ operationId, tags }, { location, report }) {
      if (typeof operationId !== 'string') return;
      const tag = Array.isArray(tags) ? String(tags[0]) : '';
      const resource = tag.replaceAll(' ', '');
      const [prefix, method, ...rest] = operationId.split('_');
      if (prefix === resource && method !== undefined && /^[a-z][A-Za-z0-9]*$/.test(method) && rest.length === 0)
        return;
      report({
        message: `operationId "${operationId}" must be "${resource}_" and a method in camelCase, as the tag is "${tag}".`,
        location: location.child('operationId'),
      });
    },
  },
});
