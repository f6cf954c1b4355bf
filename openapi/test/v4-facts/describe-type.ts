import { isObject, type Schema } from '../../src/document.ts';

/** Keywords that say nothing of the values, or that the facts tell apart from the type. */
const notOfTheType = new Set(
  (
    '$ref type enum const anyOf oneOf allOf nullable format items properties required additionalProperties ' +
    'default deprecated discriminator title description example examples contentMediaType contentSchema'
  ).split(' '),
);

/**
 * The alternatives that a schema offers, each as a few characters: `integer`, `null`, `"auto"`, `#ChatRole`,
 * `string(date)`, `array<string>`, `object<number>`, `any`. Two notations of the same choice give the same list, such as
 * `nullable` (3.0) and the type `null`, an enum of one and `const`, or `allOf` around one `$ref` and the `$ref` itself.
 */
export function describeType(schema: Schema): string[] {
  const alternatives = schema.nullable === true ? [...choices(schema), 'null'] : choices(schema);
  return [...new Set(alternatives)].toSorted();
}

function choices(schema: Schema): string[] {
  const { $ref, const: constant, enum: values, allOf, type } = schema;
  const [only, ...others] = allOf ?? [];
  if ($ref !== undefined) return [`#${$ref.split('/').at(-1)}`];
  if (only) return others.length === 0 ? describeType(only) : [`allOf${JSON.stringify(allOf)}`];
  if (constant !== undefined) return [JSON.stringify(constant)];
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value));
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches && type === undefined) return branches.flatMap(describeType);
  return [type ?? 'any'].flat().map((name) => describeValue(name, schema));
}

function describeValue(type: string, schema: Schema): string {
  const { format, items, additionalProperties } = schema;
  if (type === 'array') return `array<${describeType(items ?? {}).join('|')}>${constraints(schema)}`;
  if (type === 'object' && isObject(additionalProperties)) {
    return `object<${describeType(additionalProperties).join('|')}>${constraints(schema)}`;
  }
  if (type === 'null') return 'null';
  return `${type}${format === undefined ? '' : `(${format})`}${constraints(schema)}`;
}

function constraints(schema: Schema): string {
  const keywords = Object.keys(schema).filter((keyword) => !notOfTheType.has(keyword) && !keyword.startsWith('x-'));
  if (keywords.length === 0) return '';
  return `{${keywords
    .toSorted()
    .map((keyword) => `"${keyword}":${JSON.stringify(schema[keyword])}`)
    .join(',')}}`;
}
