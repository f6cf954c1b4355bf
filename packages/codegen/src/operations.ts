import {
  nameOf,
  type OpenApiDocument,
  type OperationObject,
  type ParameterObject,
  resolveSchema,
  type Schema,
} from './document.ts';
import { typeExpression } from './type-expression.ts';

/**
 * How the body is made from a flat request: from the `fields` that are not parameters, from a `list`, or from either.
 */
export type BodyKind = 'fields' | 'list' | 'fields-or-list';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A property of a flat request. */
export interface PropertyModel {
  name: string;
  in: 'path' | 'query' | 'body';
  required: boolean;
  description: string | undefined;
}

/** What a body can be. */
export interface BodyModel {
  kind: BodyKind;
  /** Types of the objects that it can be. */
  objects: string[];
  /** Type of the array that it can be. */
  list: string | undefined;
  /** Names of the properties of those objects. */
  fields: string[];
}

/** What the generators know of an operation. Types are TypeScript, by friendly names. */
export interface OperationModel {
  /** v4's operationId: `Chats_create`. */
  id: string;
  /** The part of the id before the underscore: `Chats`. */
  resource: string;
  /** The part after it, which is the method of the client: `create`. */
  name: string;
  method: HttpMethod;
  path: string;
  summary: string;
  description: string | undefined;
  deprecated: boolean;
  pathParameters: string[];
  queryParameters: string[];
  body: BodyModel | undefined;
  /** The properties of the flat request: of the path, of the query, and of the body unless it is a list. */
  properties: PropertyModel[];
  /** The success status: 200, 201 or 204. */
  status: number;
  /** Media types of the success answer; none with 204. */
  mediaTypes: string[];
  /** Type of the success answer that is not streamed, and the document's words on it. */
  result: string;
  resultDescription: string | undefined;
  /** Type of the JSON in an event; `undefined` when the operation does not stream. */
  event: string | undefined;
  /** Number of the first page and type of a record; `undefined` when the operation does not page. */
  pages: { first: 0 | 1; record: string } | undefined;
  /** Statuses of the documented errors, ascending. */
  errors: number[];
}

/** Members of the client's `Resource` class, which no method may hide. */
const RESERVED = new Set(['constructor', 'call', 'stream', 'page']);

/**
 * Reads all operations of the document, in its order.
 *
 * @throws {Error} one sentence, for what a client with flat requests cannot express.
 */
export function readOperations(document: OpenApiDocument): OperationModel[] {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => readOperation(document, path, method, operation)),
  );
  const methods = new Map<string, string>();
  for (const { id, resource, name, event } of operations) {
    for (const method of event === undefined ? [name] : [name, `${name}Stream`]) {
      const key = `${resource}.${method}`;
      const other = methods.get(key);
      if (other !== undefined) throw new Error(`${other} and ${id} would both make the method ${key}; rename one.`);
      if (RESERVED.has(method)) throw new Error(`${id}: the client uses the name ${method} itself; choose another.`);
      methods.set(key, id);
    }
  }
  return operations;
}

function readOperation(
  document: OpenApiDocument,
  path: string,
  method: string,
  operation: OperationObject,
): OperationModel {
  const where = operation.operationId ?? `${method.toUpperCase()} ${path}`;
  const fail = (reason: string): never => {
    throw new Error(`${where}: ${reason}`);
  };
  const [, resource, name] = /^([A-Z][A-Za-z]*)_([a-z][A-Za-z]*)$/.exec(operation.operationId ?? '') ?? [];
  if (resource === undefined || name === undefined) {
    return fail('an operationId has the form Resource_method, such as Chats_create.');
  }

  const parameters = operation.parameters ?? [];
  for (const parameter of parameters) checkParameter(parameter, fail);
  const pathParameters = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
  if (inPath.toSorted().join() !== pathParameters.toSorted().join()) {
    return fail(`the path ${path} and the path parameters (${pathParameters.join(', ')}) do not agree.`);
  }
  const queryParameters = parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name);

  const bodySchema = readBodySchema(operation, fail);
  const body = bodySchema && readBody(document, bodySchema, fail);
  const properties: PropertyModel[] = [
    ...parameters.map((parameter) => ({
      name: parameter.name,
      in: parameter.in as 'path' | 'query',
      required: parameter.required ?? false,
      description: parameter.description,
    })),
    ...(bodySchema === undefined ? [] : bodyProperties(document, bodySchema)),
  ];
  const names = properties.map((property) => property.name);
  // A flat request with parameters carries a list under `body`.
  if (body !== undefined && body.kind !== 'fields' && parameters.length > 0) names.push('body');
  const twice = names.find((property, index) => names.indexOf(property) !== index);
  if (twice !== undefined) {
    return fail(`the property ${twice} occurs twice among path, query and body; a flat request has room for one.`);
  }

  const statuses = Object.keys(operation.responses);
  const [status, second] = statuses.filter((code) => code.startsWith('2'));
  const success = status === undefined ? undefined : operation.responses[status];
  if (success === undefined || second !== undefined || '$ref' in success) {
    return fail('there has to be exactly one success response, written in place.');
  }
  const content = success.content ?? {};
  const json = content['application/json']?.schema;
  const stream = content['text/event-stream'];
  if (Object.keys(content).length > 0 && json === undefined) return fail('the success response needs a JSON schema.');
  if (stream !== undefined && !body?.fields.includes('stream')) {
    return fail('it answers with an event stream, but its body has no property `stream` to ask for it.');
  }

  return {
    id: where,
    resource,
    name,
    method: readMethod(method, fail),
    path,
    // The linter of the document asks for one.
    summary: operation.summary ?? where,
    description: operation.description,
    deprecated: operation.deprecated ?? false,
    pathParameters,
    queryParameters,
    body,
    properties,
    status: Number(status),
    mediaTypes: Object.keys(content),
    result: json === undefined ? 'void' : typeExpression(json, where),
    resultDescription: success.description,
    event: stream && typeExpression(readEventData(document, stream.itemSchema), where),
    pages: json && readPages(document, json, parameters, fail),
    errors: statuses.filter((code) => /^[45]\d\d$/.test(code)).map(Number),
  };
}

type Fail = (reason: string) => never;

function readMethod(method: string, fail: Fail): HttpMethod {
  const upper = method.toUpperCase();
  if (upper === 'GET' || upper === 'POST' || upper === 'PATCH' || upper === 'DELETE') return upper;
  return fail(`the client has no method ${upper}.`);
}

/** The client writes every parameter in OpenAPI's default style, so that the table need not carry styles. */
function checkParameter({ name, in: place, style, explode }: ParameterObject, fail: Fail): void {
  const usual = { path: { style: 'simple', explode: false }, query: { style: 'form', explode: true } };
  if (place !== 'path' && place !== 'query') return fail(`the client cannot send the ${place} parameter ${name}.`);
  const { style: usualStyle, explode: usualExplode } = usual[place];
  if ((style ?? usualStyle) !== usualStyle || (explode ?? usualExplode) !== usualExplode) {
    fail(`the ${place} parameter ${name} has to have style ${usualStyle} and explode ${usualExplode}.`);
  }
}

function readBodySchema(operation: OperationObject, fail: Fail): Schema | undefined {
  if (operation.requestBody === undefined) return undefined;
  const { required, content } = operation.requestBody;
  const schema = content['application/json']?.schema;
  if (schema === undefined || Object.keys(content).length > 1) fail('the body has to be JSON, and nothing else.');
  if (!required) fail('a body has to be required.');
  return schema;
}

function readBody(document: OpenApiDocument, schema: Schema, fail: Fail): BodyModel {
  const branches = branchesOf(document, schema);
  const lists = branches.filter(({ resolved }) => resolved.type === 'array');
  const objects = branches.filter(({ resolved }) => resolved.type === 'object');
  const [list, second] = lists;
  if (second !== undefined || lists.length + objects.length < branches.length) {
    fail('a body is an object, an array, or a choice between objects and one array.');
  }
  return {
    kind: list === undefined ? 'fields' : objects.length === 0 ? 'list' : 'fields-or-list',
    objects: objects.map(({ branch }) => typeExpression(branch, 'an object in a body')),
    list: list && typeExpression(list.branch, 'an array in a body'),
    fields: [...new Set(objects.flatMap(({ resolved }) => Object.keys(resolved.properties ?? {})))],
  };
}

function bodyProperties(document: OpenApiDocument, schema: Schema): PropertyModel[] {
  const objects = branchesOf(document, schema).filter(({ resolved }) => resolved.type === 'object');
  const properties = new Map<string, PropertyModel>();
  for (const { resolved } of objects) {
    for (const [name, { description }] of Object.entries(resolved.properties ?? {})) {
      const required = objects.every((other) => other.resolved.required?.includes(name));
      if (!properties.has(name)) properties.set(name, { name, in: 'body', required, description });
    }
  }
  return [...properties.values()];
}

/** The choices that a schema gives, as they are written and as what their references lead to. */
function branchesOf(document: OpenApiDocument, branch: Schema): { branch: Schema; resolved: Schema }[] {
  const resolved = resolveSchema(document, branch);
  return resolved.anyOf?.flatMap((choice) => branchesOf(document, choice)) ?? [{ branch, resolved }];
}

/**
 * What is in the `data` of an event that is no error: the `contentSchema` of the branch whose `event` is not `error`.
 *
 * @throws {Error} when there is not exactly one such branch.
 */
export function readEventData(document: OpenApiDocument, itemSchema: Schema | undefined): Schema {
  const { anyOf, oneOf, ...rest } = resolveSchema(document, itemSchema ?? {});
  const [data, second] = (anyOf ?? oneOf ?? [rest])
    .map((branch) => resolveSchema(document, branch).properties)
    .filter((properties) => properties?.['event']?.const !== 'error')
    .flatMap((properties) => properties?.['data']?.contentSchema ?? []);
  if (data === undefined || second !== undefined) {
    throw new Error(
      'The itemSchema of an event stream needs one branch, besides `event: error`, with a contentSchema.',
    );
  }
  return data;
}

function readPages(
  document: OpenApiDocument,
  schema: Schema,
  parameters: ParameterObject[],
  fail: Fail,
): OperationModel['pages'] {
  const { properties = {} } = resolveSchema(document, schema);
  const page = parameters.find((parameter) => parameter.in === 'query' && parameter.name === 'page');
  if (page === undefined) return undefined;
  const isPage = ['records', 'page', 'size', 'total'].every((name) => name in properties);
  const first = page.schema?.default;
  const record = properties['records']?.items;
  if (!isPage || record?.$ref === undefined || (first !== 0 && first !== 1)) {
    return fail('a list that pages has the default 0 or 1 for `page`, and answers with records, page, size and total.');
  }
  return { first, record: typeExpression({ $ref: record.$ref }, nameOf(record.$ref)) };
}
