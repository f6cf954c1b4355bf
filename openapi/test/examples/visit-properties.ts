import { isObject, resolve, type Document, type Schema } from '../../src/document.ts';
import type { Validate } from '../../src/validate.ts';

export interface VisitedProperty {
  /** Schema and property, such as `ChatResponse.usage`. */
  property: string;
  /** Where the value is, as a JSON pointer. */
  pointer: string;
  /** Undefined when the value does not have the property. */
  value: unknown;
}

/**
 * Walks through a value along its schema, and yields each property that the schema declares, at each place where an
 * object of that schema stands. Of a choice it takes the branch that the value keeps; of several, the one of which the
 * value has the most properties.
 */
export function visitProperties(
  document: Document,
  validate: Validate,
  schema: Schema,
  value: unknown,
): VisitedProperty[] {
  return visit(schema, value, '', '');

  function visit(schema: Schema, value: unknown, path: string, pointer: string): VisitedProperty[] {
    if (schema.$ref !== undefined) {
      return visit(
        resolve<Schema>(document, { $ref: schema.$ref }),
        value,
        schema.$ref.split('/').at(-1) ?? '',
        pointer,
      );
    }
    const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(
      (branch) => validate(branch, value).length === 0,
    );
    const [best = []] = branches
      .map((branch) => visit(branch, value, path, pointer))
      .toSorted((a, b) => countPresent(b) - countPresent(a) || a.length - b.length);
    return [...best, ...visitOwn(schema, value, path, pointer)];
  }

  function visitOwn(schema: Schema, value: unknown, path: string, pointer: string): VisitedProperty[] {
    const { items = {}, properties = {}, additionalProperties } = schema;
    if (Array.isArray(value)) {
      return value.flatMap((item, index) => visit(items, item, path, `${pointer}/${index}`));
    }
    if (!isObject(value)) return [];
    const names = Object.keys(properties);
    const own = names.map((name) => ({
      property: `${path}.${name}`,
      pointer: `${pointer}/${name}`,
      value: value[name],
    }));
    const inner = names.flatMap((name) =>
      visit(properties[name] ?? {}, value[name], `${path}.${name}`, `${pointer}/${name}`),
    );
    if (!isObject(additionalProperties)) return [...own, ...inner];
    const others = Object.keys(value)
      .filter((name) => !names.includes(name))
      .flatMap((name) => visit(additionalProperties, value[name], `${path}.*`, `${pointer}/${name}`));
    return [...own, ...inner, ...others];
  }
}

function countPresent(visited: VisitedProperty[]): number {
  return visited.filter(({ value }) => value !== undefined).length;
}

/** The properties that a schema declares, also those of objects within it: `Note.size`, `Note.inner.deep`. */
export function declaredProperties(name: string, schema: Schema): string[] {
  const { properties = {}, anyOf = [], oneOf = [], items = {} } = schema;
  const own = Object.keys(properties).map((property) => `${name}.${property}`);
  const inner = Object.entries(properties).flatMap(([key, child]) => declaredProperties(`${name}.${key}`, child));
  const branches = [...anyOf, ...oneOf, items].filter((branch) => Object.keys(branch).length > 0);
  return [...own, ...inner, ...branches.flatMap((branch) => declaredProperties(name, branch))];
}
