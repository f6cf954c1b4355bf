import { isRecord, type Document } from './document.ts';
import { lookUp, type Pointer } from './pointer.ts';

/** One operation of the document, with its references followed. Schemas stay where they are: see `Pointer`. */
export interface Operation {
  /** `Chats_create` */
  id: string;
  /** In capitals: `POST`. */
  method: string;
  /** `/projects/{id}` */
  path: string;
  parameters: Parameter[];
  body: Body | null;
  responses: Response[];
  /** Names of the headers that carry a credential, such as `X-API-KEY`; empty when anybody may call. */
  keyHeaders: string[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required: boolean;
  schema: Pointer;
  /** Whether an array is sent as `name=a&name=b`, and an object as one query parameter a property. */
  explode: boolean;
  example: unknown;
}

export interface Body {
  required: boolean;
  content: Content[];
}

export interface Response {
  status: number;
  headers: string[];
  /** The schemas of the headers, in their order. */
  headerSchemas: Pointer[];
  content: Content[];
}

export interface Content {
  mediaType: string;
  schema: Pointer | null;
  /** The schema of one event, where the content is an event stream. */
  itemSchema: Pointer | null;
  examples: Example[];
}

export interface Example {
  name: string;
  value: unknown;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Every operation of the document, in its order. */
export function listOperations(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => isRecord(item[method]))
      .map((method) => readOperation(document, path, method, item[method] as Record<string, unknown>)),
  );
}

/** The operation's success: its lowest 2xx answer. */
export function successOf(operation: Operation): Response {
  const success = operation.responses.find(({ status }) => status >= 200 && status < 300);
  if (!success) throw new Error(`${operation.id} has no 2xx answer`);
  return success;
}

/** The event stream that the operation can answer with, if it can. */
export function streamOf(operation: Operation): Content | undefined {
  return successOf(operation).content.find(({ itemSchema }) => itemSchema !== null);
}

function readOperation(
  document: Document,
  path: string,
  method: string,
  operation: Record<string, unknown>,
): Operation {
  const at = ['paths', path, method];
  const parameters = Array.isArray(operation['parameters']) ? operation['parameters'] : [];
  return {
    id: String(operation['operationId']),
    method: method.toUpperCase(),
    path,
    parameters: parameters.map((_, index) => readParameter(document, [...at, 'parameters', String(index)])),
    body: operation['requestBody'] === undefined ? null : readBody(document, [...at, 'requestBody']),
    responses: Object.keys(operation['responses'] as object)
      .toSorted()
      .map((status) => readResponse(document, [...at, 'responses', status], status)),
    keyHeaders: readKeyHeaders(document, operation['security'] as Document['security']),
  };
}

function readParameter(document: Document, at: Pointer): Parameter {
  const { value, pointer } = recordAt(document, at);
  return {
    name: String(value['name']),
    in: value['in'] as Parameter['in'],
    required: value['required'] === true,
    schema: [...pointer, 'schema'],
    explode: value['explode'] === true,
    example: value['example'] ?? exampleOf(lookUp(document, [...pointer, 'schema']).value),
  };
}

/** A value for a parameter that has no example; the document's linter says that one is missing. */
function exampleOf(schema: unknown): unknown {
  const { type, enum: values, const: constant } = isRecord(schema) ? schema : {};
  if (constant !== undefined) return constant;
  if (Array.isArray(values)) return values[0];
  const [first] = [type].flat();
  return { integer: 1, number: 1, boolean: true, array: [] }[String(first)] ?? 'text';
}

function readBody(document: Document, at: Pointer): Body {
  const { value, pointer } = recordAt(document, at);
  return { required: value['required'] === true, content: readContent(document, pointer, value) };
}

function readResponse(document: Document, at: Pointer, status: string): Response {
  const { value, pointer } = recordAt(document, at);
  const headers = Object.keys((value['headers'] as object | undefined) ?? {});
  return {
    status: Number(status),
    headers,
    headerSchemas: headers.map((name) => [...recordAt(document, [...pointer, 'headers', name]).pointer, 'schema']),
    content: readContent(document, pointer, value),
  };
}

function readContent(document: Document, at: Pointer, holder: Record<string, unknown>): Content[] {
  return Object.keys((holder['content'] as object | undefined) ?? {}).map((mediaType) => {
    const { value, pointer } = recordAt(document, [...at, 'content', mediaType]);
    // The 3.1 document keeps the itemSchema of 3.2 under a name of its own.
    const item = ['itemSchema', 'x-item-schema'].find((keyword) => keyword in value);
    return {
      mediaType,
      schema: 'schema' in value ? [...pointer, 'schema'] : null,
      itemSchema: item ? [...pointer, item] : null,
      examples: readExamples(document, pointer, value),
    };
  });
}

function readExamples(document: Document, at: Pointer, holder: Record<string, unknown>): Example[] {
  if ('example' in holder) return [{ name: 'default', value: holder['example'] }];
  return Object.keys((holder['examples'] as object | undefined) ?? {}).map((name) => {
    const { value } = recordAt(document, [...at, 'examples', name]);
    return { name, value: 'serializedValue' in value ? value['serializedValue'] : value['value'] };
  });
}

function readKeyHeaders(document: Document, own: Document['security']): string[] {
  const names = (own ?? document.security ?? []).flatMap((requirement) => Object.keys(requirement));
  return names
    .map((name) => recordAt(document, ['components', 'securitySchemes', name]).value)
    .filter((scheme) => scheme['type'] === 'apiKey' && scheme['in'] === 'header')
    .map((scheme) => String(scheme['name']));
}

function recordAt(document: Document, at: Pointer): { value: Record<string, unknown>; pointer: Pointer } {
  const { value, pointer } = lookUp(document, at);
  return { value: value as Record<string, unknown>, pointer };
}
