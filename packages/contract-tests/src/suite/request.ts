import type { Operation } from '../document/operations.ts';

/** A request in parts, before it is written as HTTP or handed to a client. */
export interface RequestParts {
  /** Values of the path's variables, not encoded. */
  path: Record<string, string>;
  /** Query parameters as they are sent; a name may come several times. */
  query: [name: string, value: string][];
  headers: Record<string, string>;
  /** The body's text; undefined for none. */
  body: string | undefined;
}

/** A valid request of an operation: required parameters as in the document's examples, and one example of the body. */
export function validRequest(operation: Operation, body?: unknown): RequestParts {
  const examples = operation.body?.content[0]?.examples ?? [];
  const value = body === undefined ? examples[0]?.value : body;
  return {
    path: Object.fromEntries(
      operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name, example }) => [name, typeof example === 'string' ? example : 'id']),
    ),
    query: operation.parameters
      .filter((parameter) => parameter.in === 'query' && parameter.required)
      .flatMap(({ name, example }) => [example].flat().map((one): [string, string] => [name, String(one)])),
    headers: {
      ...Object.fromEntries(operation.keyHeaders.map((name) => [name, 'contract-test-key'])),
      ...(operation.body ? { 'content-type': operation.body.content[0]?.mediaType ?? 'application/json' } : {}),
    },
    body: operation.body ? JSON.stringify(value) : undefined,
  };
}

/** Path and query of a request, after the base URL. */
export function toTarget(operation: Operation, { path, query }: RequestParts): string {
  const filled = operation.path.replaceAll(/\{(.+?)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  return filled + (query.length > 0 ? `?${new URLSearchParams(query)}` : '');
}

/** Sends a request as it is, without a client between. */
export function sendRaw(
  baseUrl: string,
  operation: Operation,
  request: RequestParts,
  init: RequestInit = {},
): Promise<Response> {
  return fetch(baseUrl + toTarget(operation, request), {
    method: operation.method,
    headers: request.headers,
    ...(request.body === undefined ? {} : { body: request.body }),
    redirect: 'manual',
    ...init,
  });
}
