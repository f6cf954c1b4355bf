import createFetchClient, { type Middleware } from 'openapi-fetch';
import { openEventStream, type ParseAs, readAnswer } from './answer.ts';
import { createApiError, readRequestId } from './api-error.ts';
import { Call, mergeTimeouts } from './call.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { log } from './logger.ts';
import type { ClientEvent, ObservedCall } from './observe.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import { readOptions } from './options.ts';
import { isIdempotent, isRetryableStatus } from './retry.ts';
import { serializeQuery } from './query.ts';
import { send } from './transport.ts';

/** What openapi-fetch takes besides a call's options. */
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

/** What both layers are made of: openapi-fetch with our transport below it and our streams above it. */
export interface Core {
  request<T>(method: string, path: string, init?: Init): Promise<Answer<T>>;
  stream<T>(path: string, init?: Init): Promise<Answer<EventStream<T>>>;
  use(...middleware: Middleware[]): void;
  eject(...middleware: Middleware[]): void;
}

/** @throws {HumanloopError} code "configuration" */
export function createCore(options: ClientOptions): Core {
  const settings = readOptions(options);
  const api = createFetchClient<object>({
    baseUrl: settings.baseUrl,
    headers: settings.headers ?? {},
    querySerializer: serializeQuery,
  });
  const emit = (event: ClientEvent): void => {
    settings.observe?.(event);
    if (settings.logger) log(settings.logger, settings.logLevel ?? 'info', event);
  };

  /** Sends a request and hands a success to `read`; whatever fails is reported and ends the call. */
  async function exchange<T>(
    method: string,
    path: string,
    init: Init,
    streams: boolean,
    read: (response: Response, call: Call, end: (outcome: Outcome) => void) => Promise<T>,
  ): Promise<Answer<T>> {
    const { signal, timeout, maxRetries, idempotencyKey = settings.idempotencyKey, fetch, headers, ...rest } = init;
    const call = new Call(`${method} ${path}`, mergeTimeouts(settings.timeouts, timeout), signal);
    const observed: ObservedCall = { method, path, baseUrl: settings.baseUrl, body: init.body, streams };
    let response: Response | undefined;
    const end = (outcome: Outcome): void => {
      const { elapsedMs: durationMs, retries, requestId } = call;
      call.dispose();
      emit({ type: 'end', call: observed, durationMs, retries, status: response?.status, requestId, ...outcome });
    };
    const sendOptions = {
      settings,
      streams,
      maxRetries: maxRetries ?? settings.maxRetries ?? 2,
      idempotencyKey: (idempotencyKey === true ? crypto.randomUUID() : idempotencyKey) || undefined,
      fetch: fetch ?? settings.fetch,
      onRetry: (event: Parameters<NonNullable<ClientOptions['onRetry']>>[0]) => {
        settings.onRetry?.(event);
        emit({ type: 'retry', call: observed, ...event });
      },
    };
    emit({ type: 'start', call: observed });
    try {
      const answer = await call.race(
        (api.request as LooseRequest)(method, path, {
          ...rest,
          parseAs: 'stream',
          headers: { Accept: streams ? 'text/event-stream, application/json' : 'application/json', ...headers },
          fetch: (request: Request) => send(request, call, sendOptions),
        }),
      );
      ({ response } = answer);
      call.requestId = readRequestId(response);
      emit({ type: 'response', call: observed, response });
      if (!response.ok) {
        const idempotent = isIdempotent(method) || sendOptions.idempotencyKey !== undefined;
        throw createApiError(call.label, response, answer.error, isRetryableStatus(response.status, idempotent));
      }
      return { data: await read(response, call, end), response, requestId: call.requestId };
    } catch (cause) {
      const error = call.error ?? cause;
      end({ error, completed: false });
      throw error;
    }
  }

  return {
    request: <T>(method: string, path: string, init: Init = {}) =>
      exchange<T>(method, path, init, false, async (response, call, end) => {
        const data = (await call.race(readAnswer(call.label, response, init.parseAs))) as T;
        end({ completed: true, result: data });
        return data;
      }),
    stream: <T>(
      path: string,
      { maxEventBytes = settings.maxEventBytes, onIncomplete = settings.onIncomplete, ...init }: Init = {},
    ) => {
      const body = { ...(init.body as { num_samples?: number } | undefined), stream: true };
      return exchange<EventStream<T>>('POST', path, { ...init, body }, true, async (response, call, end) =>
        createEventStream<T>(
          await openEventStream(response, call),
          call,
          body.num_samples,
          { maxEventBytes, onIncomplete },
          {
            response,
            onEnd: (stream, error, completed) =>
              end({ error, completed, events: stream.stats.events, result: settings.observe && stream.current }),
          },
        ),
      );
    },
    use: api.use,
    eject: api.eject,
  };
}

/** openapi-fetch's `request` without the types of paths: ours stand in client.ts and in the generated methods. */
type LooseRequest = (method: string, path: string, init: object) => Promise<{ error?: unknown; response: Response }>;

type Outcome = Pick<Extract<ClientEvent, { type: 'end' }>, 'error' | 'completed' | 'events' | 'result'>;
