/**
 * The parts of an OpenAPI document that the tools of this package touch. Only bundled documents: each `$ref` outside
 * schemas has been checked by the linter and points into `components`.
 */
export interface Document {
  openapi: string;
  info: { title: string; version: string; [field: string]: unknown };
  servers: { url: string; [field: string]: unknown }[];
  security?: Record<string, string[]>[];
  tags: { name: string; [field: string]: unknown }[];
  paths: Record<string, PathItem>;
  components: Components;
  [field: string]: unknown;
}

export interface Components {
  schemas: Record<string, Schema>;
  securitySchemes?: Record<string, { type: string; in?: string; name?: string }>;
  responses?: Record<string, Response>;
  headers?: Record<string, Parameter>;
  parameters?: Record<string, Parameter>;
  requestBodies?: Record<string, RequestBody>;
  [kind: string]: object | undefined;
}

export type PathItem = { [method in Method]?: Operation };

export const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;
export type Method = (typeof methods)[number];

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  deprecated?: boolean;
  security?: Record<string, string[]>[];
  parameters?: (Parameter | Reference)[];
  requestBody?: RequestBody | Reference;
  responses: Record<string, Response | Reference>;
}

/** A parameter or a header; a header has no `name` and `in`. */
export interface Parameter extends WithExamples {
  name?: string;
  in?: 'path' | 'query' | 'header' | 'cookie' | 'querystring';
  required?: boolean;
  schema?: Schema;
  content?: Record<string, MediaType>;
  [field: string]: unknown;
}

export interface RequestBody {
  required?: boolean;
  content: Record<string, MediaType>;
}

export interface Response {
  description: string;
  headers?: Record<string, Parameter | Reference>;
  content?: Record<string, MediaType>;
}

export interface MediaType extends WithExamples {
  schema?: Schema;
  /** 3.2: the schema of one item of a sequence, such as one server-sent event. */
  itemSchema?: Schema;
  [extension: `x-${string}`]: unknown;
}

export interface WithExamples {
  example?: unknown;
  examples?: Record<string, Example>;
}

export interface Example {
  summary?: string;
  value?: unknown;
  /** 3.2: the text as it goes over the wire. */
  serializedValue?: string;
}

/** JSON Schema 2020-12, as an object; with types for the keywords that are read here. */
export interface Schema {
  $ref?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  contentSchema?: Schema;
  [keyword: string]: unknown;
}

export interface Reference {
  $ref: string;
}

/**
 * Follows a reference, as often as needed; returns anything else as it is.
 *
 * @param root - the document that the JSON pointer starts at.
 * @throws {Error} when it points to nothing.
 */
export function resolve<Part extends object>(root: object, part: Part | Reference): Part {
  if (!isReference(part)) return part;
  const names = part.$ref.split('/').slice(1).map(decodePointer);
  const target = names.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), root);
  if (!isObject(target)) throw new Error(`${part.$ref} does not exist`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a reference may point to is Redocly's to check
  return resolve(root, target as Part | Reference);
}

export function isReference(part: object): part is Reference {
  return '$ref' in part && typeof part.$ref === 'string';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keywords whose value is a schema, a list of schemas, or a map of schemas. */
const schemaKeywords = {
  one: (
    'items additionalProperties unevaluatedItems unevaluatedProperties contains propertyNames contentSchema ' +
    'not if then else'
  ).split(' '),
  list: ['anyOf', 'oneOf', 'allOf', 'prefixItems'],
  map: ['properties', 'patternProperties', 'dependentSchemas', '$defs'],
};

/** The schemas that stand directly within a schema, each with the keys that lead to it. References are not followed. */
export function* subschemas(schema: object): Generator<{ path: (string | number)[]; schema: Record<string, unknown> }> {
  const keywords = new Map(Object.entries(schema));
  for (const keyword of schemaKeywords.one) {
    const child = keywords.get(keyword);
    if (isObject(child)) yield { path: [keyword], schema: child };
  }
  for (const keyword of [...schemaKeywords.list, ...schemaKeywords.map]) {
    for (const [key, child] of Object.entries(keywords.get(keyword) ?? {})) {
      if (isObject(child)) yield { path: [keyword, key], schema: child };
    }
  }
}

/** Every operation of the document, in its order. */
export function* operations(document: Document): Generator<{ path: string; method: Method; operation: Operation }> {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation) yield { path, method, operation };
    }
  }
}

/** Every media type object of the document: of the operations, and of the components that they refer to. */
export function* mediaTypes(document: Document): Generator<{ name: string; mediaType: MediaType }> {
  for (const holder of contentHolders(document)) {
    for (const [name, mediaType] of Object.entries(holder.content ?? {})) yield { name, mediaType };
  }
}

function* contentHolders(document: Document): Generator<{ content?: Record<string, MediaType> }> {
  const { components } = document;
  for (const part of [components.responses, components.requestBodies, components.parameters, components.headers]) {
    yield* Object.values(part ?? {});
  }
  for (const { operation } of operations(document)) {
    for (const parameter of operation.parameters ?? []) if (!isReference(parameter)) yield parameter;
    if (operation.requestBody && !isReference(operation.requestBody)) yield operation.requestBody;
    for (const response of Object.values(operation.responses)) if (!isReference(response)) yield response;
  }
}

function decodePointer(token: string): string {
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
}
