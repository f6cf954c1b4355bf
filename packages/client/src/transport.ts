import { createApiError, readRequestId } from './api-error.ts';
import { cancel, createBody, openBody, readChunk, readRest, REST_MS } from './bytes.ts';
import { type Call, LONGEST_TIMER_MS } from './call.ts';
import { ConnectionError, HumanloopError } from './errors.ts';
import { isUnsent, summarize } from './fetch-failure.ts';
import type { RetryEvent } from './observe.ts';
import { mergeHeaders, misconfigured, type Settings } from './options.ts';
import { computeDelayMs, isIdempotent, isRetryableStatus } from './retry.ts';
import { readMediaType } from './wrong-body.ts';

const MAX_REDIRECTS = 5;
/** How much is read of the body of an error, or of a page, bytes. */
const ERROR_BODY_BYTES = 1_048_576;

export interface SendOptions extends Settings {
  /** Leaves the body of a success unread. */
  readonly streams: boolean;
  /** Connections that are about to be free; each promise resolves soon. */
  readonly drains: ReadonlySet<Promise<void>>;
  readonly onRetry: (event: RetryEvent) => void;
}

/**
 * Sends a request until it is answered, or until another attempt could bill twice: the one place that calls fetch.
 *
 * @returns an answer of any status, its body read into memory unless it is a stream.
 * @throws {ConnectionError | TimeoutError | AbortError}
 * @see docs/decisions/010-retries-that-cannot-bill-twice.md
 */
export async function send(request: Request, call: Call, options: SendOptions): Promise<Response> {
  const { maxRetries = 2, maxRetryDelayMs = 60_000, apiKey, onRetry } = options;
  const { method, url, headers } = request;
  const init = { method, headers, body: (await request.text()) || null };
  call.sent = init;
  call.idempotent = isIdempotent(method, headers);
  const bringsKey = headers.has('X-API-KEY');

  for (let retry = 1; ; retry++) {
    let error: HumanloopError & { retryAfterMs?: number };
    let response: Response | undefined;
    // Asked for each attempt: a key may have been rotated while we waited.
    if (!bringsKey) {
      const key = (typeof apiKey === 'function' ? await apiKey() : apiKey)?.trim();
      if (!key) throw misconfigured('the API key is empty');
      init.headers = mergeHeaders(misconfigured, headers, { 'X-API-KEY': key });
    }
    try {
      response = await sendOnce(url, init, call, options);
      if (!isRetryableStatus(response.status, call.idempotent)) return response;
      error = createApiError(call, response, undefined);
    } catch (failure) {
      if (!(failure instanceof ConnectionError && failure.retryable)) throw failure;
      error = failure;
    }
    const delayMs = computeDelayMs(retry, error.retryAfterMs, maxRetryDelayMs);
    if (!(retry <= maxRetries && delayMs <= Math.min(maxRetryDelayMs, LONGEST_TIMER_MS))) {
      if (response) return response;
      throw error;
    }
    // What an abort broke is not repeated.
    if (call.error) throw call.error;
    call.stats.retries = retry;
    onRetry({ label: call.label, retry, delayMs, error });
    await call.sleep(delayMs);
  }
}

/** One attempt, with its redirects. */
async function sendOnce(url: string, init: RequestInit, call: Call, options: SendOptions): Promise<Response> {
  // A connection that is about to be free is cheaper than another one.
  if (options.drains.size > 0) await Promise.race(options.drains);
  for (let redirects = 0; ; redirects++) {
    // The call may have ended while the key was asked for.
    if (call.error) throw call.error;
    call.phase = 'headers';
    call.requestId = undefined;
    call.wait('headersMs');
    const response = await callFetch(url, init, call, options);
    call.wait();
    // An object that only looks like one, from a mock for instance, has no body that could be read.
    if (!response || response.type === 'error' || (response.body !== null && !response.body?.getReader)) {
      throw call.fail(ConnectionError, 'lost', '`fetch` gave no web Response');
    }
    call.requestId = readRequestId(response);
    const { status, headers, type } = response;
    const location = headers.get('Location');
    if (type !== 'opaqueredirect' && !(location && status > 300 && status < 309)) {
      return options.streams && response.ok ? response : readBody(response, call);
    }
    const target = URL.parse(location ?? '', url);
    const keepsMethod = status > 306 || init.method === 'GET';
    if (!keepsMethod || !target?.href.startsWith(new URL('/', url).href) || redirects >= MAX_REDIRECTS) {
      const message = `${status} redirects to ${target?.origin ?? 'elsewhere'}; is the base URL right?`;
      throw call.fail(ConnectionError, 'redirect', message, { status });
    }
    cancel(response.body);
    url = target.href;
  }
}

async function callFetch(url: string, init: RequestInit, call: Call, options: SendOptions): Promise<Response> {
  // Looked up now: whoever patches globalThis.fetch later is heard.
  const { fetch = globalThis.fetch } = options;
  try {
    // `manual`: fetch itself would send the key on to wherever a redirect leads.
    const response = await fetch(url, { ...init, redirect: 'manual', signal: call.controller.signal });
    // Whoever ignores the signal may answer a call that is over.
    if (call.error) cancel(response.body);
    return response;
  } catch (cause) {
    // A `fetch` of the caller's may use another client: what that refuses is no connection that was lost, and what
    // that could not reach may not be all that was asked.
    const isNested = cause instanceof ConnectionError;
    if (cause instanceof HumanloopError && !isNested) throw cause;
    const target = new URL(url);
    const shown = { cause: summarize(cause, init) };
    throw !isNested && isUnsent(cause, target)
      ? call.fail(ConnectionError, 'refused', `no connection to ${target.origin}; is the server running?`, {
          ...shown,
          phase: 'connect',
          retryable: true,
        })
      : // The work may have been done.
        call.fail(ConnectionError, 'lost', `the connection to ${target.origin} was lost before an answer`, {
          ...shown,
          retryable: call.idempotent,
        });
  }
}

/** Reads the body here, where a connection that is lost within it is a failed attempt like any other. */
async function readBody(response: Response, call: Call): Promise<Response> {
  call.phase = 'body';
  const reader = openBody(response);
  const chunks: Uint8Array[] = [];
  if (!response.ok || readMediaType(response) === 'text/html') {
    // What it is, is known: a body that stalls, breaks or has no end must not hide it.
    if (!(await readRest(reader, ERROR_BODY_BYTES, REST_MS, (chunk) => chunks.push(chunk)))) cancel(reader);
  } else {
    for (let chunk; (chunk = await readChunk(reader, call));) chunks.push(chunk);
  }
  // A status such as 204 may have no body.
  const whole = new Response(chunks.length > 0 ? createBody(chunks) : null, response);
  return Object.defineProperty(whole, 'url', { value: response.url });
}
