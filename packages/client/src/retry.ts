const BASE_DELAY_MS = 500;
const LONGEST_BACKOFF_MS = 8000;

/** Methods that may be repeated without changing more (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return /^(GET|HEAD|OPTIONS|PUT|DELETE)$/.test(method);
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
 * How long to wait before the next attempt, ms: what the server asks for, else exponential backoff with full jitter.
 *
 * @param attempt - number of the attempt that failed, from 0.
 */
export function computeDelayMs(attempt: number, retryAfterMs: number | undefined): number {
  return retryAfterMs ?? Math.random() * Math.min(LONGEST_BACKOFF_MS, BASE_DELAY_MS * 2 ** attempt);
}

/**
 * Reads a Retry-After header: seconds or an HTTP date, as ms from now; `undefined` when there is none or it is neither.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | null): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
