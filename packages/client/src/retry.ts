const BASE_DELAY_MS = 500;
const LONGEST_BACKOFF_MS = 8000;

/** Whether a request may be repeated without changing more (RFC 9110 §9.2.2), by its method or by its key. */
export function isIdempotent(method: string, headers: Headers): boolean {
  return method === 'GET' || method === 'DELETE' || !!headers.get('Idempotency-Key');
}

/**
 * Whether an answer with this status allows another attempt.
 *
 * 429 and 503 say that the work was not begun, so even a generating POST may be sent again. Any other failure of the
 * server may come after the provider was paid.
 */
export function isRetryableStatus(status: number, idempotent: boolean): boolean {
  return status === 429 || status === 503 || (idempotent && status >= 500);
}

/**
 * How long to wait before a repetition, ms: what the server asks for, else exponential backoff with full jitter.
 *
 * @param retry - number of the repetition, from 1.
 * @param longestMs - what the caller will wait at most; what the server asks for is not cut to it.
 */
export function computeDelayMs(retry: number, retryAfterMs: number | undefined, longestMs: number): number {
  return retryAfterMs ?? Math.random() * Math.min(LONGEST_BACKOFF_MS, longestMs, BASE_DELAY_MS * 2 ** (retry - 1));
}

/**
 * Reads a Retry-After header, seconds or an HTTP date, as ms from now; `undefined` when there is none or it is neither.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | null): number | undefined {
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  // A date in asctime's form ends with the year; like the others, it is in GMT. Other texts may look like dates to V8.
  const date = / \d{4}$/.test(value) ? `${value} GMT` : value;
  const ms = / \d\d:\d\d:\d\d /.test(date) ? Date.parse(date) - Date.now() : NaN;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
