import { childNodes, isNode, type Hook, type Node, type Resolve, type Rule } from './redocly-types.ts';

/**
 * Every named schema, every property and every header says what it is. A property with a `$ref` may leave it to the
 * schema that it refers to. Parameters, tags and responses have rules of Redocly's.
 */
export const descriptions: Rule = () => ({
  Schema: {
    enter(schema, { location, report }) {
      const isNamed = /^#\/(components\/schemas\/)?[^/]+$/.test(location.pointer);
      if (isNamed && !isDescribed(schema)) report({ message: 'The schema needs a description.', location });
    },
  },
  SchemaProperties: {
    enter(properties, { location, report, resolve }) {
      for (const [name, property] of childNodes(properties)) {
        if (isDescribed(property) || isDescribed(targetOf(property, location.source.absoluteRef, resolve))) continue;
        report({ message: `The property "${name}" needs a description.`, location: location.child(name).key() });
      }
    },
  },
  Header: requireDescription,
});

const requireDescription: Hook = (header, { location, report }) => {
  if (!isDescribed(header)) report({ message: 'The header needs a description.', location: location.key() });
};

function isDescribed(node: unknown): boolean {
  return isNode(node) && typeof node.description === 'string' && node.description.trim() !== '';
}

function targetOf(node: Node, file: string, resolve: Resolve): unknown {
  return typeof node.$ref === 'string' ? resolve(node, file).node : undefined;
}
