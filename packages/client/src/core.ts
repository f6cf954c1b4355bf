import type { Middleware } from 'openapi-fetch';
import { readRequestId } from './api-error.ts';
import { openEventStream, type ParseAs, readAnswer, readError } from './answer.ts';
import type { StreamParts } from './basic-event-stream.ts';
import { checkUnread, DRAIN_MS } from './bytes.ts';
import { type Call, createCall } from './call.ts';
import { HumanloopError } from './errors.ts';
import { createEventReader } from './event-reader.ts';
import { passThrough } from './middleware.ts';
import { type ClientEvent, tell } from './observe.ts';
import {
  type CallOptions,
  type ClientOptions,
  mergeHeaders,
  readOptions,
  readTimeouts,
  refuseInBrowser,
  type Settings,
} from './options.ts';
import { overlay } from './overlay.ts';
import { send, type SendOptions } from './transport.ts';
import { createUrl } from './url.ts';

/** What openapi-fetch takes for a call, as far as v4 needs it, and our options. */
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
type StreamClass<T, S> = new (parts: StreamParts<T>) => S;

/** What both layers are made of. */
export interface Core {
  readonly middleware: ReadonlySet<Middleware>;
  readonly use: (...middleware: Middleware[]) => void;
  readonly eject: (...middleware: Middleware[]) => void;
  request<T>(method: string, path: string, init?: Init): Promise<Answer<T>>;
  stream<T, S>(Class: StreamClass<T, S>, path: string, init?: Init): Promise<Answer<S>>;
}

type EndEvent = Extract<ClientEvent, { type: 'end' }>;
type End = (outcome: Pick<EndEvent, 'completed' | 'error' | 'stream' | 'result'>) => void;

/** @throws {HumanloopError} code "configuration" */
export function createCore(options: ClientOptions): Core {
  const settings = readOptions(options);
  const { baseUrl } = settings;
  const middleware = new Set<Middleware>();
  /** Streams that are whole, but whose bodies have not ended yet. */
  const drains = new Set<Promise<void>>();

  /** Sends a request and hands the answer to `read`; whatever fails ends the call. */
  async function exchange<T>(
    method: string,
    path: string,
    init: Init,
    streams: boolean,
    read: (response: Response, call: Call, end: End, merged: Settings & Init) => Promise<T>,
  ): Promise<Answer<T>> {
    const merged = overlay<Settings & Init>(settings, init);
    const call = createCall(`${method} ${path}`, readTimeouts(settings.timeout, init.timeout), init.signal);
    const observed = { method, path, baseUrl, body: init.body, streams };
    let { observe } = settings;
    const notify = (type: ClientEvent['type'], more?: object): void =>
      void tell(observe, { type, call: observed, ...more } as ClientEvent);
    let response: Response | undefined;
    const end: End = (outcome) => {
      const { requestId, stats } = call;
      call.dispose();
      notify('end', { durationMs: call.elapsedMs(), retries: stats.retries, requestId, response, ...outcome });
      // An abort ends a call at once, whatever is still at work.
      observe = undefined;
    };

    /** Fails at once when the call is ended, also where a key function, middleware or fetch ignores signals. */
    const unlessEnded = <R>(promise: Promise<R>): Promise<R> =>
      new Promise((resolve, reject) => {
        call.controller.signal.addEventListener('abort', () => reject(call.error));
        promise.then(resolve, reject);
      });

    notify('start');
    const work = async (): Promise<Answer<T>> => {
      if (call.error) throw call.error;
      const { params = {}, body, parseAs = 'json', idempotencyKey } = merged;
      const invalid = (message: string): HumanloopError => call.fail(HumanloopError, 'invalid-request', message);
      if (!streams && (body as { stream?: unknown } | undefined)?.stream) {
        throw invalid('for a stream call `STREAM`, or the method whose name ends in Stream');
      }
      const ours = {
        Accept: streams ? 'text/event-stream, application/json' : 'application/json',
        'Content-Type': body === undefined ? body : 'application/json',
        'Idempotency-Key': idempotencyKey === true ? crypto.randomUUID() : idempotencyKey || undefined,
      };
      const headers = mergeHeaders(invalid, ours, settings.headers, init.headers);
      if (headers.has('X-API-KEY')) refuseInBrowser(settings);
      const request = new Request(baseUrl + createUrl(path, params, invalid), {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
      });
      const onRetry: SendOptions['onRetry'] = (event) => {
        void tell(settings.onRetry, event);
        notify('retry', event);
      };
      const answer = await passThrough(
        [...middleware, ...(init.middleware ?? [])].filter(Boolean),
        request,
        { schemaPath: path, params, id: Math.random().toString(36).slice(2), options: { baseUrl, parseAs } as never },
        // Middleware is told of a failure when it happens.
        (sent) => unlessEnded(send(sent, call, { ...merged, streams, drains, onRetry })),
      );
      checkUnread(answer);
      response = answer;
      // Middleware may have answered itself.
      call.requestId = readRequestId(response) ?? call.requestId;
      notify('response', { response });
      if (!response.ok) throw await readError(response, call);
      return { data: await read(response, call, end, merged), response, requestId: call.requestId };
    };

    return unlessEnded(work()).catch((cause) => {
      const error = call.error ?? cause;
      end({ completed: false, error });
      // A stream may be left behind, by middleware that fails or holds a clone of it, which has this long to be read.
      if (streams && !call.error) setTimeout(() => call.controller.abort(), DRAIN_MS);
      throw error;
    });
  }

  return {
    middleware,
    use: (...added) => {
      for (const one of added) middleware.add(one);
    },
    eject: (...removed) => {
      for (const one of removed) middleware.delete(one);
    },
    request: <T>(method: string, path: string, init: Init = {}) =>
      exchange(method, path, init, false, async (response, call, end) => {
        const result = await readAnswer(response, call, init.parseAs);
        end({ completed: true, result });
        return result as T;
      }),
    stream<T, S>(Class: StreamClass<T, S>, path: string, init: Init = {}) {
      const body = { ...(init.body as { num_samples?: number }), stream: true };
      return exchange('POST', path, { ...init, body }, true, async (response, call, end, merged) => {
        const { num_samples } = body;
        const events = createEventReader<T>(call, { ...merged, num_samples }, response);
        const reader = await openEventStream(response, call, events);
        return new Class({
          call,
          reader,
          events,
          response,
          onEnd(stream, completed, error, drained) {
            if (drained) drains.add(drained);
            void drained?.then(() => drains.delete(drained));
            end({ completed, error, stream });
          },
        });
      });
    },
  };
}
