import { createApiError, readRequestId } from './api-error.ts';
import { openBytes, REST_MS } from './bytes.ts';
import type { Call } from './call.ts';
import { ConnectionError, type HumanloopError } from './errors.ts';
import type { RetryEvent } from './observe.ts';
import { type Fetch, readApiKey, type Settings } from './options.ts';
import { computeDelayMs, isIdempotent, isRetryableStatus } from './retry.ts';

const MAX_REDIRECTS = 5;
/** How much is read of the body of an error. */
const ERROR_BODY_BYTES = 1_048_576;

export interface SendOptions {
  readonly settings: Settings;
  readonly maxRetries: number;
  readonly fetch: Fetch | undefined;
  /** Leaves the body of a success unread. */
  readonly streams: boolean;
  /** Connections that are about to be free; each promise is kept soon. */
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
  const { settings, maxRetries, onRetry } = options;
  const headers = new Headers(request.headers);
  const { method, url } = request;
  const init = { method, headers, body: (await request.text()) || null };
  const idempotent = isIdempotent(method, headers);
  const bringsKey = headers.has('X-API-KEY');

  for (let retry = 1; ; retry++) {
    let error: HumanloopError & { retryAfterMs?: number };
    let response: Response | undefined;
    try {
      // Asked for each attempt: a key may have been rotated while we waited.
      const key = !bringsKey && (await readApiKey(settings.apiKey));
      if (key) headers.set('X-API-KEY', key);
      response = await sendOnce(url, init, call, options);
      if (!isRetryableStatus(response.status, idempotent)) return response;
      error = createApiError(call.label, response, undefined, { retryable: true });
    } catch (failure) {
      // What a key function throws is not ours to judge.
      if (!(failure instanceof ConnectionError)) throw failure;
      error = failure;
      // A lost connection may have been lost after the work was done.
      if (idempotent && failure.code === 'lost') Object.assign(error, { retryable: true });
      if (!error.retryable) throw error;
    }
    const delayMs = computeDelayMs(retry, error.retryAfterMs);
    if (retry > maxRetries || delayMs > (settings.maxRetryDelayMs ?? 60_000)) {
      if (response) return response;
      throw error;
    }
    call.retries = retry;
    onRetry({ label: call.label, retry, delayMs, error });
    await call.sleep(delayMs);
  }
}

type Message = RequestInit & { headers: Headers };

/** One attempt, with its redirects. */
async function sendOnce(url: string, init: Message, call: Call, options: SendOptions): Promise<Response> {
  for (let redirects = 0; ; redirects++) {
    // The call may have ended while the key was asked for.
    if (call.error) throw call.error;
    // A connection that is about to be free is cheaper than another one.
    if (options.drains.size > 0) await call.race(Promise.race(options.drains));
    call.phase = 'headers';
    call.wait('headersMs');
    const response = await callFetch(url, init, call, options.fetch);
    call.wait();
    call.requestId = readRequestId(response);
    const { status, statusText, headers, type } = response;
    const location = headers.get('Location');
    if (type === 'opaqueredirect' || (location && [301, 302, 303, 307, 308].includes(status))) {
      const target = location && URL.canParse(location, url) ? new URL(location, url) : undefined;
      const keepsMethod = status > 303 || init.method === 'GET';
      if (!keepsMethod || target?.origin !== new URL(url).origin || redirects >= MAX_REDIRECTS) {
        throw call.fail(
          ConnectionError,
          'redirect',
          `${status} redirects to ${target?.origin ?? 'elsewhere'}, where the key does not go; is the base URL right?`,
          { status },
        );
      }
      await response.body?.cancel();
      url = target.href;
      continue;
    }
    if (options.streams && response.ok) return response;
    call.phase = 'body';
    const bytes = openBytes(response.body, call);
    let chunks: Uint8Array[] = [];
    if (!response.ok || headers.get('Content-Type')?.includes('html')) {
      // What it is, is known: a body that stalls or breaks must not hide it.
      chunks = await bytes.takeRest(ERROR_BODY_BYTES, REST_MS);
    } else {
      // Read here, a connection lost within the body is a failed attempt like any other.
      for (let chunk; (chunk = await bytes.read());) chunks.push(chunk);
    }
    const parts = chunks as Uint8Array<ArrayBuffer>[];
    const whole = new Response(parts.length > 0 ? new Blob(parts) : null, { status, statusText, headers });
    return Object.defineProperty(whole, 'url', { value: response.url });
  }
}

async function callFetch(url: string, init: Message, call: Call, customFetch: Fetch | undefined): Promise<Response> {
  // Looked up now: whoever patches globalThis.fetch later is heard.
  const fetch: Fetch = customFetch ?? globalThis.fetch;
  try {
    // `manual`: fetch itself would send the key on to wherever a redirect leads.
    return await call.race(fetch(url, { ...init, redirect: 'manual', signal: call.signal }));
  } catch (cause) {
    if (call.error) throw call.error;
    const refused = isRefused(cause);
    const { origin } = new URL(url);
    throw call.fail(
      ConnectionError,
      refused ? 'refused' : 'lost',
      refused
        ? `no connection to ${origin}; is the server running?`
        : `the connection to ${origin} was lost before an answer`,
      { ...(refused && { phase: 'connect', retryable: true }), cause },
    );
  }
}

/** Whether the connection was never made, so that nothing has left. Codes of Node and Bun, words of Deno. */
function isRefused(error: unknown): boolean {
  const { code, message, cause } = Object(error) as Error & { code?: string };
  return (
    /^(ECONN|Connection)REFUSED$|^ENOTFOUND$|^EAI_AGAIN$|^E(HOST|NET)UNREACH$|CONNECT_TIMEOUT$/i.test(`${code}`) ||
    /connection refused|dns error|bad port/i.test(message) ||
    (cause !== undefined && isRefused(cause))
  );
}
