import type { paths } from '@humanloop-v4/types';
import type { FetchOptions, Middleware, ParseAs, ParseAsResponse } from 'openapi-fetch';
import { BasicEventStream } from './basic-event-stream.ts';
import { createCore, type Init } from './core.ts';
import type { CallOptions, ClientOptions } from './options.ts';

type Method = 'get' | 'post' | 'patch' | 'delete';
type Operation<Path extends keyof paths, M extends Method> = NonNullable<paths[Path][M]> & { responses: object };
type PathsWith<M extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<M, object> ? Path : never;
}[keyof paths];

/** openapi-fetch's options for an operation, with ours for a call. */
type Fields<Path extends keyof paths, M extends Method> = Omit<
  FetchOptions<Operation<Path, M>>,
  // Of fetch's own options, only method, headers and body are sent on; v4 needs no serializers but those of OpenAPI.
  | keyof CallOptions
  | 'baseUrl'
  | 'parseAs'
  | 'Request'
  | 'bodySerializer'
  | 'pathSerializer'
  | 'querySerializer'
  | Exclude<keyof RequestInit, 'body'>
> &
  CallOptions;

/** The same; an editor shows it by its name, where it would show an intersection part by part. */
type InitOf<Path extends keyof paths, M extends Method> = {
  [Key in keyof Fields<Path, M>]: Key extends 'body' ? NotStreamed<Fields<Path, M>[Key]> : Fields<Path, M>[Key];
};

/** A body without `stream: true`: `STREAM` sets it. */
type NotStreamed<Body> = { [Key in keyof Body]: Key extends 'stream' ? false : Body[Key] };

type Args<Init> = object extends Init ? [init?: Init] : [init: Init];

/** What a success carries. openapi-fetch's own type takes apart the `string & {}` that open enums are made of. */
type DataOf<Responses> = {
  [Status in keyof Responses & (200 | 201 | 204)]: Responses[Status] extends { content: infer Content extends object }
    ? Content[keyof Content]
    : undefined;
}[keyof Responses & (200 | 201 | 204)];

/** Resolves on success; unlike openapi-fetch's own methods, it rejects on failure. */
type MethodOf<M extends Method> = <Path extends PathsWith<M>, As extends ParseAs = 'json'>(
  path: Path,
  ...init: Args<InitOf<Path, M> & { parseAs?: As | undefined }>
) => Promise<{
  data: ParseAsResponse<DataOf<Operation<Path, M>['responses']>, { parseAs: As }>;
  /** Never there: a failure rejects. Declared for code that was written for openapi-fetch. */
  error?: never;
  response: Response;
  requestId: string | undefined;
}>;

/** The event of a streaming operation. */
type EventOf<Path extends keyof paths> = paths[Path] extends {
  post: { responses: { 200: { content: { 'text/event-stream': infer Event } } } };
}
  ? Event
  : never;

/** The paths that stream. */
export type StreamPath = { [Path in keyof paths]: EventOf<Path> extends never ? never : Path }[keyof paths];

type StreamInit<Path extends StreamPath> = Omit<InitOf<Path, 'post'>, 'body'> & {
  body: InitOf<Path, 'post'> extends { body: infer Body } ? Omit<Body, 'stream'> : never;
};

/** The methods of openapi-fetch, by path, and streams. */
export interface Client {
  /** Resolves to the data of a success, and rejects on failure. */
  GET: MethodOf<'get'>;
  /** Resolves to the data of a success, and rejects on failure. For a stream call `STREAM`. */
  POST: MethodOf<'post'>;
  /** Resolves to the data of a success, and rejects on failure. */
  PATCH: MethodOf<'patch'>;
  /** Resolves when the server has deleted it, and rejects on failure. */
  DELETE: MethodOf<'delete'>;
  /** Sets `stream: true` and resolves to the events when the headers have come. */
  STREAM<Path extends StreamPath>(path: Path, init: StreamInit<Path>): Promise<BasicEventStream<EventOf<Path>>>;
  /** Adds middleware in openapi-fetch's shape. It sees each call once, streams included; it does not see the key. */
  use(...middleware: Middleware[]): void;
  /** Takes middleware away. */
  eject(...middleware: Middleware[]): void;
}

/**
 * Makes a client that calls operations by their paths.
 *
 * @throws {HumanloopError} code "configuration", when the base URL or the key is missing or unfit
 */
export function createClient(options: ClientOptions = {}): Client {
  const core = createCore(options);
  const bind = (method: string) => (path: string, init?: Init) => core.request(method, path, init);
  return {
    GET: bind('GET'),
    POST: bind('POST'),
    PATCH: bind('PATCH'),
    DELETE: bind('DELETE'),
    STREAM: async (path: string, init: Init) => (await core.stream(BasicEventStream<unknown>, path, init)).data,
    use: core.use,
    eject: core.eject,
  } as Client;
}
