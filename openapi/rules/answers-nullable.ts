import { childNodes, isNode, type Location, type Node, type Resolve, type Rule } from './redocly-types.ts';
import { schemasOfAnswer } from './reachable-schemas.ts';

/** Every property of an answer that is not required may be null: the server sends what has no value as null. */
export const answersNullable: Rule = () => {
  const seen = new Set<string>();
  return {
    Response: {
      MediaType: {
        enter(mediaType, { location, report, resolve }) {
          for (const reached of schemasOfAnswer(mediaType, location, resolve, seen)) {
            const required = Array.isArray(reached.schema.required) ? reached.schema.required : [];
            for (const [name, property] of childNodes(reached.schema.properties)) {
              const place = reached.location.child(['properties', name]);
              if (required.includes(name) || admitsNull(property, place, resolve)) continue;
              const message = `"${name}" is an optional property of an answer, so it must admit null.`;
              report({ message, location: place.key() });
            }
          }
        },
      },
    },
  };
};

/** Each keyword that could refuse null must admit it. */
function admitsNull(schema: unknown, location: Location, resolve: Resolve): boolean {
  if (!isNode(schema)) return schema !== false;
  return (
    (schema.type === undefined || [schema.type].flat().includes('null')) &&
    (schema.const === undefined || schema.const === null) &&
    (!Array.isArray(schema.enum) || schema.enum.includes(null)) &&
    ['anyOf', 'oneOf'].every((keyword) => branches(schema, keyword).some(branchAdmitsNull)) &&
    branches(schema, 'allOf').every(branchAdmitsNull) &&
    targetAdmitsNull()
  );

  function branchAdmitsNull(branch: unknown): boolean {
    return admitsNull(branch, location, resolve);
  }

  function targetAdmitsNull(): boolean {
    const target =
      isNode(schema) && typeof schema.$ref === 'string' ? resolve(schema, location.source.absoluteRef) : {};
    return target.location === undefined || admitsNull(target.node, target.location, resolve);
  }
}

/** Without the keyword: one branch that admits everything. */
function branches(schema: Node, keyword: string): unknown[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list : [true];
}
