import createFetchClient, { type Middleware } from 'openapi-fetch';
import { openEventStream, type ParseAs, readAnswer } from './answer.ts';
import { createApiError, readRequestId } from './api-error.ts';
import type { StreamParts } from './basic-event-stream.ts';
import { type Call, createCall } from './call.ts';
import { HumanloopError } from './errors.ts';
import { createEventSource } from './event-source.ts';
import { type ClientEvent, tell } from './observe.ts';
import { type CallOptions, checkHeaders, type ClientOptions, readOptions, readTimeouts } from './options.ts';
import { createProgress } from './progress.ts';
import { serializeQuery } from './query.ts';
import { isRetryableStatus } from './retry.ts';
import { send } from './transport.ts';

/** What openapi-fetch takes for a call, and our options. */
export interface Init extends CallOptions {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> };
  body?: unknown;
  parseAs?: ParseAs;
  middleware?: Middleware[];
}

export interface Answer<T> {
  readonly data: T;
  /** The raw answer. Its body has been read, or is being read by the stream. */
  readonly response: Response;
  readonly requestId: string | undefined;
}

/** Which class a stream is made of. */
export type StreamClass<T, S> = new (parts: StreamParts<T>) => S;

/** What both layers are made of: openapi-fetch with our transport below it and our streams above it. */
export interface Core {
  request<T>(method: string, path: string, init?: Init): Promise<Answer<T>>;
  stream<T, S>(Class: StreamClass<T, S>, path: string, init?: Init): Promise<Answer<S>>;
  use(...middleware: Middleware[]): void;
  eject(...middleware: Middleware[]): void;
}

type EndEvent = Extract<ClientEvent, { type: 'end' }>;
type End = (outcome: Pick<EndEvent, 'completed' | 'error' | 'stream' | 'result'>) => void;

/** @throws {HumanloopError} code "configuration" */
export function createCore(options: ClientOptions): Core {
  const settings = readOptions(options);
  const { baseUrl } = settings;
  const observe = (event: ClientEvent): void => void tell(settings.observe, event);
  const api = createFetchClient<object>({ baseUrl, headers: settings.headers ?? {}, querySerializer: serializeQuery });

  /** Streams that are whole, but whose bodies have not ended yet. */
  const drains = new Set<Promise<void>>();

  /** Sends a request and hands a success to `read`; whatever fails ends the call. */
  async function exchange<T>(
    method: string,
    path: string,
    { signal, timeout, maxRetries, idempotencyKey, fetch, headers, ...init }: Init,
    streams: boolean,
    read: (response: Response, call: Call, end: End) => Promise<T>,
  ): Promise<Answer<T>> {
    const call = createCall(`${method} ${path}`, readTimeouts(settings.timeout, timeout), signal);
    const observed = { method, path, baseUrl, body: init.body, streams };
    let response: Response | undefined;
    const end: End = (outcome) => {
      call.dispose();
      const { requestId, retries } = call;
      observe({
        type: 'end',
        call: observed,
        durationMs: call.elapsedMs(),
        retries,
        requestId,
        response,
        ...outcome,
      });
    };
    observe({ type: 'start', call: observed });
    try {
      const key = idempotencyKey ?? settings.idempotencyKey;
      const sent = {
        Accept: streams ? 'text/event-stream, application/json' : 'application/json',
        'Idempotency-Key': key === true ? crypto.randomUUID() : key || undefined,
        ...headers,
      };
      checkHeaders(sent, (message) => call.fail(HumanloopError, 'invalid-request', message));
      const answer = await call.race(
        (api.request as LooseRequest)(method, path, {
          ...init,
          // The body is read here, because openapi-fetch's errors quote it.
          parseAs: 'stream',
          headers: sent,
          fetch: (request: Request) =>
            send(request, call, {
              settings,
              streams,
              drains,
              maxRetries: maxRetries ?? settings.maxRetries ?? 2,
              fetch: fetch ?? settings.fetch,
              onRetry(event) {
                void tell(settings.onRetry, event);
                observe({ type: 'retry', call: observed, ...event });
              },
            }),
        }),
      );
      response = answer.response;
      call.requestId = readRequestId(response);
      observe({ type: 'response', call: observed, response });
      if (!response.ok) {
        const retryable = isRetryableStatus(response.status, !!key || /GET|DELETE/.test(method));
        throw createApiError(call.label, response, answer.error, { retryable });
      }
      return { data: await read(response, call, end), response, requestId: call.requestId };
    } catch (cause) {
      const error = call.error ?? cause;
      end({ completed: false, error });
      throw error;
    }
  }

  return {
    request: <T>(method: string, path: string, init: Init = {}) =>
      exchange(method, path, init, false, async (response, call, end) => {
        const result = await call.race(readAnswer(response, call, init.parseAs));
        end({ completed: true, result });
        return result as T;
      }),
    stream<T, S>(Class: StreamClass<T, S>, path: string, init: Init = {}) {
      const body = { ...(init.body as { num_samples?: number }), stream: true };
      return exchange('POST', path, { ...init, body }, true, async (response, call, end) => {
        const bytes = await openEventStream(response, call);
        const source = createEventSource<T>(bytes, call, createProgress(body.num_samples), { ...settings, ...init });
        return new Class({
          source,
          call,
          bytes,
          response,
          onEnd(stream, completed, error, closed) {
            drains.add(closed);
            void closed.then(() => drains.delete(closed));
            end({ completed, error, stream });
          },
        });
      });
    },
    use: (...middleware) => api.use(...middleware),
    eject: (...middleware) => api.eject(...middleware),
  };
}

/** openapi-fetch's `request` without the types of paths: ours stand in client.ts and in the generated methods. */
type LooseRequest = (method: string, path: string, init: object) => Promise<{ error?: unknown; response: Response }>;
