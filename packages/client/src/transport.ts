import { createApiError, readRequestId } from './api-error.ts';
import { ByteReader } from './byte-reader.ts';
import type { Call } from './call.ts';
import { ConnectionError, HumanloopError } from './errors.ts';
import { type Fetch, readApiKey, type Settings } from './options.ts';
import type { RetryEvent } from './observe.ts';
import { computeDelayMs, isIdempotent, isRetryableStatus } from './retry.ts';

const MAX_REDIRECTS = 5;

export interface SendOptions {
  readonly settings: Settings;
  readonly maxRetries: number;
  readonly idempotencyKey: string | undefined;
  readonly fetch: Fetch | undefined;
  /** Leaves the body of a success unread. */
  readonly streams: boolean;
  readonly onRetry: (event: RetryEvent) => void;
}

/** What is sent, in a form that can be sent again. */
interface Message {
  readonly url: string;
  readonly init: RequestInit & { headers: Headers };
}

/**
 * Sends a request until it is answered, or until another attempt could bill twice: the one place that calls fetch.
 *
 * @returns an answer of any status, its body read into memory unless it is a stream.
 * @throws {ConnectionError | TimeoutError | AbortError}
 * @see docs/decisions/010-retries-that-cannot-bill-twice.md
 */
export async function send(request: Request, call: Call, options: SendOptions): Promise<Response> {
  const { settings, maxRetries } = options;
  const headers = new Headers(request.headers);
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey);
  const { method, url } = request;
  const idempotent = isIdempotent(method) || headers.has('Idempotency-Key');
  const body = (await request.text()) || null;
  const withKey = !headers.has('X-API-KEY');

  for (let attempt = 0; ; attempt++) {
    let error: HumanloopError;
    let response: Response | undefined;
    call.phase = 'connect';
    try {
      // Asked for each attempt: a key may have been rotated while we waited.
      const key = withKey && (await call.race(readApiKey(settings.apiKey)));
      if (key) headers.set('X-API-KEY', key);
      response = await sendOnce({ url, init: { method, headers, body } }, call, options);
      if (response.ok || !isRetryableStatus(response.status, idempotent)) return response;
      error = createApiError(call.label, response, undefined, true);
    } catch (cause) {
      const failure = call.error ?? cause;
      // What a key function or a middleware throws is not ours to judge.
      if (!(failure instanceof ConnectionError)) throw failure;
      error = toRetryable(failure, idempotent);
      if (!error.retryable) throw error;
    }
    const delayMs = computeDelayMs(attempt, (error as { retryAfterMs?: number }).retryAfterMs);
    if (attempt >= maxRetries || delayMs > (settings.maxRetryDelayMs ?? 60_000)) {
      if (response) return response;
      throw error;
    }
    call.retries = attempt + 1;
    options.onRetry({ label: call.label, retry: call.retries, delayMs, error });
    await call.sleep(delayMs);
  }
}

/** One attempt, with its redirects. */
async function sendOnce(message: Message, call: Call, options: SendOptions): Promise<Response> {
  call.startTimer('headersMs');
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await callFetch(message, call, options.fetch);
      const location = response.headers.get('Location');
      const redirected = response.type === 'opaqueredirect' || (location && /^30[12378]$/.test(`${response.status}`));
      if (!redirected) {
        call.requestId = readRequestId(response);
        call.stopTimer('headersMs');
        if (options.streams && response.ok) return response;
        call.phase = 'body';
        return await readWhole(response, call);
      }
      await response.body?.cancel();
      message = { ...message, url: followRedirect(message, response.status, location, call, redirects) };
    }
  } finally {
    call.stopTimer('headersMs');
  }
}

async function callFetch({ url, init }: Message, call: Call, customFetch: Fetch | undefined): Promise<Response> {
  // Looked up now: whoever patches globalThis.fetch later is heard.
  const fetch: Fetch = customFetch ?? globalThis.fetch;
  try {
    // `manual`: fetch itself would send the key on to wherever a redirect leads.
    return await call.race(fetch(url, { ...init, redirect: 'manual', signal: call.controller.signal }));
  } catch (cause) {
    if (call.error) throw call.error;
    const refused = isRefused(cause);
    const { origin } = new URL(url);
    throw new ConnectionError(
      refused
        ? `${call.label}: no connection to ${origin}; is the server running, and the base URL right?`
        : `${call.label}: the connection to ${origin} was lost before an answer came`,
      { code: refused ? 'refused' : 'lost', phase: refused ? 'connect' : 'headers', retryable: refused, cause },
    );
  }
}

/** Where a redirect leads, if the key and the body may go there. */
function followRedirect(
  { url, init }: Message,
  status: number,
  location: string | null,
  call: Call,
  count: number,
): string {
  const target = location && URL.canParse(location, url) ? new URL(location, url) : undefined;
  const keepsMethod = status > 303 || init.method === 'GET';
  if (target?.origin === new URL(url).origin && keepsMethod && count < MAX_REDIRECTS) return target.href;
  throw new ConnectionError(
    `${call.label}: ${status} redirects ${target ? `to ${target.origin}` : 'elsewhere'}, where the key is not sent; if that is right, set the base URL to it`,
    { code: 'redirect', status, phase: 'headers', requestId: call.requestId },
  );
}

/** Reads the body, so that a connection lost within it is a failed attempt like any other. */
async function readWhole(response: Response, call: Call): Promise<Response> {
  const reader = new ByteReader(response.body, call);
  const chunks: Uint8Array[] = [];
  for (let chunk; (chunk = await reader.read());) chunks.push(chunk);
  const { status, statusText, headers, url } = response;
  const whole = new Response(chunks.length > 0 ? new Blob(chunks as Uint8Array<ArrayBuffer>[]) : null, {
    status,
    statusText,
    headers,
  });
  return Object.defineProperty(whole, 'url', { value: url });
}

/** Whether the connection was never made, so that nothing has left. Codes of Node, Bun and Deno. */
function isRefused(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code = '' } = cause as { code?: unknown };
    if (
      /^(ECONNREFUSED|ConnectionRefused|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(
        `${code}`,
      )
    )
      return true;
    if (/connection refused|dns error/i.test(cause.message)) return true;
  }
  return false;
}

function toRetryable(error: ConnectionError, idempotent: boolean): ConnectionError {
  if (idempotent && error.code === 'lost') Object.assign(error, { retryable: true });
  return error;
}
