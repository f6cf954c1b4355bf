import type { Humanloop } from '@humanloop-v4/client';
import { isRecord } from '../document/document.ts';
import type { Operation } from '../document/operations.ts';

/** A request by where its values go; the client takes it flat. */
export interface ClientRequest {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
}

/** What a generated method takes as its second argument, as far as tests set it. */
export interface ClientCallOptions {
  headers?: Record<string, string>;
  maxRetries?: number;
  signal?: AbortSignal;
  timeout?: number | { headersMs?: number; idleMs?: number; totalMs?: number };
}

export interface ClientAnswer {
  data: unknown;
  response: Response;
  requestId: string | undefined;
}

type Method = (
  request?: unknown,
  options?: ClientCallOptions,
) => Promise<unknown> & { withResponse(): Promise<ClientAnswer> };

/**
 * The client's method for an operation, found by the operationId alone: `Chats_create` is
 * `humanloop.chats.create`, and `…Stream` for the stream.
 */
export function findMethod(humanloop: Humanloop, operation: Operation, asStream = false): Method {
  const [resource = '', name = ''] = operation.id.split('_');
  const holder: unknown = Reflect.get(humanloop, resource.charAt(0).toLowerCase() + resource.slice(1));
  const method: unknown =
    typeof holder === 'object' && holder !== null ? Reflect.get(holder, asStream ? `${name}Stream` : name) : undefined;
  if (typeof method !== 'function') throw new Error(`The client has no method for ${operation.id}.`);
  return (request, options) => Reflect.apply(method, holder, [request, options]) as ReturnType<Method>;
}

/** Required parameters as in the document's examples (`all`: the optional ones, too), with a body. */
export function toClientRequest(operation: Operation, body: unknown, parameters: 'required' | 'all'): ClientRequest {
  const valuesIn = (place: string): Record<string, unknown> =>
    Object.fromEntries(
      operation.parameters
        .filter((one) => one.in === place && (one.required || parameters === 'all'))
        .map(({ name, example }) => [name, example]),
    );
  return { path: valuesIn('path'), query: valuesIn('query'), body };
}

/** Path, query and body in one object. A list is the request itself, or stands under `body` beside parameters. */
export function flatten({ path, query, body }: ClientRequest): unknown {
  const parameters = { ...path, ...query };
  if (body === undefined || isRecord(body)) return { ...parameters, ...body };
  return Object.keys(parameters).length === 0 ? body : { ...parameters, body };
}
