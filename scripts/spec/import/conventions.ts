/** How our document writes what an imported one says; see CONTRIBUTING and the `info.description` of the document. */
import { asArray, asObject, isObject, type JsonObject } from '../json.ts';

export interface Context {
  /** Whether the schema stands in answers only: then its enums are open, and what is optional may be null. */
  inAnswers: boolean;
  /** Names of the schemas that are enums. */
  enums: ReadonlySet<string>;
  /** Whether the document is written in our way already. */
  isOurs: boolean;
}

const componentPrefix = '#/components/schemas/';

/** Rewrites an imported schema in our way. Words that say nothing are dropped. */
export function conformSchema(schema: unknown, context: Context): unknown {
  if (!isObject(schema) || context.isOurs) return schema;
  const { title: _, allOf, description, ...rest } = joinValues(schema);
  const said = typeof description === 'string' ? description.trim() : '';
  const words = said === '' || said === 'An enumeration.' ? {} : { description: said };
  const [only, ...more] = asArray(allOf);
  if (only !== undefined && more.length === 0) return conformSchema({ ...words, ...rest, ...asObject(only) }, context);
  const conformed: JsonObject = { ...words, ...rest, ...(allOf !== undefined && { allOf }) };
  const types = [rest['type']].flat();
  if (types.includes('string') && rest['format'] === 'date-time') {
    delete conformed['type'];
    delete conformed['format'];
    const timestamp = { $ref: `${componentPrefix}Timestamp` };
    if (types.includes('null')) conformed['anyOf'] = [timestamp, { type: 'null' }];
    else Object.assign(conformed, timestamp);
  }
  if (asArray(rest['enum']).length === 1) {
    conformed['const'] = asArray(rest['enum'])[0];
    delete conformed['enum'];
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const branches = asArray(conformed[keyword]);
    if (branches.length > 0)
      conformed[keyword] = branches.map((branch) => conformSchema(branch, { ...context, inAnswers: false }));
  }
  for (const keyword of ['items', 'additionalProperties']) {
    if (conformed[keyword] !== undefined) conformed[keyword] = conformValue(conformed[keyword], true, context);
  }
  if (isObject(rest['properties'])) {
    const required = asArray(rest['required']);
    conformed['properties'] = Object.fromEntries(
      Object.entries(rest['properties']).map(([name, property]) => [
        name,
        conformValue(property, required.includes(name), context),
      ]),
    );
  }
  return ordered(conformed);
}

/** A choice between single values of one type is an enum. */
function joinValues(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  const branches = asArray(anyOf).map(asObject);
  const values = branches.flatMap(({ enum: list, const: constant }) =>
    constant === undefined ? asArray(list) : [constant],
  );
  const isPlain = (branch: JsonObject) =>
    Object.keys(branch).every((key) => ['type', 'enum', 'const', 'title'].includes(key)) && branch['type'] === 'string';
  if (branches.length < 2 || values.length < branches.length || !branches.every(isPlain)) return schema;
  return { ...rest, type: 'string', enum: values };
}

/** The order of keywords that our files have. */
function ordered(schema: JsonObject): JsonObject {
  const first = [
    'type',
    'description',
    'deprecated',
    'required',
    'additionalProperties',
    '$ref',
    'properties',
    'items',
  ];
  const known = first.filter((key) => key in schema);
  const rest = Object.keys(schema).filter((key) => !first.includes(key));
  return Object.fromEntries([...known, ...rest].map((key) => [key, schema[key]]));
}

/** Rewrites the schema of a property, a list item or a map entry: in answers, enums are open and the optional is nullable. */
export function conformValue(schema: unknown, required: boolean, context: Context): unknown {
  const conformed = conformSchema(schema, context);
  if (!context.inAnswers || !isObject(conformed) || context.isOurs) return conformed;
  const opened = isEnum(conformed, context) ? open(conformed) : conformed;
  return required ? opened : nullable(opened);
}

function isEnum({ enum: values, $ref }: JsonObject, { enums }: Context): boolean {
  return Array.isArray(values) || (typeof $ref === 'string' && enums.has($ref.replace(componentPrefix, '')));
}

function open({ description, deprecated, default: standard, ...rest }: JsonObject): JsonObject {
  return {
    ...outer(description, deprecated, standard),
    anyOf: [rest, { $ref: `${componentPrefix}UnknownEnumValue` }],
  };
}

function nullable(schema: JsonObject): JsonObject {
  const { type, anyOf, description, deprecated, default: standard, ...rest } = schema;
  const none = { type: 'null' };
  if (Array.isArray(anyOf) && type === undefined) {
    return JSON.stringify(anyOf).includes('"null"') ? schema : { ...schema, anyOf: [...(anyOf as unknown[]), none] };
  }
  if (typeof type === 'string' && rest['enum'] === undefined && rest['const'] === undefined) {
    return type === 'null' ? schema : { ...schema, type: [type, 'null'] };
  }
  if (Array.isArray(type))
    return type.includes('null') ? schema : { ...schema, type: [...(type as unknown[]), 'null'] };
  if (type === undefined && Object.keys(rest).length === 0) return schema; // anything, null too
  return {
    ...outer(description, deprecated, standard),
    anyOf: [{ ...(type !== undefined && { type }), ...rest }, none],
  };
}

function outer(description: unknown, deprecated: unknown, standard: unknown): JsonObject {
  return {
    ...(description !== undefined && { description }),
    ...(deprecated !== undefined && { deprecated }),
    ...(standard !== undefined && { default: standard }),
  };
}

/** A value without its words, for comparing what it binds. */
export function withoutWords(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutWords(item));
  if (!isObject(value)) return value;
  const words = isMap ? [] : ['title', 'description', 'summary', 'example', 'examples', 'externalDocs'];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !words.includes(key) && !(key.startsWith('x-') && !isMap))
      .map(([key, inner]) => [key, withoutWords(inner, !isMap && (key === 'properties' || key === 'schemas'))]),
  );
}
