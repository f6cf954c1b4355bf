import { brandError, HumanloopError } from './errors.ts';
import { parseRetryAfter } from './retry.ts';

/** One broken rule of a request. */
export interface ValidationIssue {
  /** Path to the value, such as `['body', 'messages', 0, 'role']`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  /** Name of the rule, such as `value_error.missing`. */
  readonly type: string;
}

/** An error of the LLM provider, or of the platform on its behalf. */
export interface ProviderError {
  readonly type: string;
  readonly message: string;
  /** HTTP status of the error. */
  readonly code: number;
  /** Who raised it, such as `OpenAI`. */
  readonly origin: string;
}

/** The three shapes of `detail` that the document knows; a proxy may send others. */
export type ErrorDetail = readonly ValidationIssue[] | ProviderError | string;

/** The server answered with an error. */
export class ApiError extends HumanloopError {
  declare readonly name: string;
  declare readonly status: number;
  /** What the server says, parsed; not printed, because it may repeat the request. */
  declare readonly detail?: ErrorDetail;
  /** How long the server wants us to wait, ms. */
  declare readonly retryAfterMs?: number;
  /** Headers of the answer; not printed. */
  declare readonly headers: Headers;
}

export class BadRequestError extends ApiError {
  declare readonly name: 'BadRequestError';
}
export class AuthenticationError extends ApiError {
  declare readonly name: 'AuthenticationError';
}
export class NotFoundError extends ApiError {
  declare readonly name: 'NotFoundError';
}
/** `detail` is the list of broken rules, or the provider's error. */
export class UnprocessableEntityError extends ApiError {
  declare readonly name: 'UnprocessableEntityError';

  /** The broken rules; empty when `detail` is something else. */
  get issues(): readonly ValidationIssue[] {
    return typeof this.detail === 'object' && Array.isArray(this.detail) ? this.detail : [];
  }
}
export class RateLimitError extends ApiError {
  declare readonly name: 'RateLimitError';
}
export class InternalServerError extends ApiError {
  declare readonly name: 'InternalServerError';
}
export class ServiceUnavailableError extends ApiError {
  declare readonly name: 'ServiceUnavailableError';
}

brandError(ApiError, 'ApiError');
brandError(BadRequestError, 'BadRequestError');
brandError(AuthenticationError, 'AuthenticationError');
brandError(NotFoundError, 'NotFoundError');
brandError(UnprocessableEntityError, 'UnprocessableEntityError');
brandError(RateLimitError, 'RateLimitError');
brandError(InternalServerError, 'InternalServerError');
brandError(ServiceUnavailableError, 'ServiceUnavailableError');

/** The documented statuses: class and words. */
const STATUSES: Record<number, readonly [typeof ApiError, string]> = {
  400: [BadRequestError, 'bad request'],
  401: [AuthenticationError, 'not authenticated: check the API key'],
  404: [NotFoundError, 'not found'],
  422: [UnprocessableEntityError, 'unprocessable entity'],
  429: [RateLimitError, 'rate limited'],
  500: [InternalServerError, 'internal server error'],
  503: [ServiceUnavailableError, 'service unavailable'],
};

/**
 * Makes the error of an answer. An answer with an empty or odd body gives one as well.
 *
 * @param label - method and path template, such as `POST /chat`.
 * @param body - the parsed body, or its text.
 */
export function createApiError(label: string, response: Response, body: unknown, retryable = false): ApiError {
  const detail = readDetail(body);
  // A server that reports an error with status 200 names the true status in the error's code.
  const status = response.status < 400 ? (readStatus(detail) ?? response.status) : response.status;
  const [Class, words] = STATUSES[status] ?? [ApiError, 'error'];
  const retryAfterMs = parseRetryAfter(response.headers.get('Retry-After'));
  const wait = retryAfterMs === undefined ? '' : `, retry after ${Math.ceil(retryAfterMs / 1000)} s`;
  return new Class(
    `${label}: ${status} ${words}${wait}${describeIssues(detail)}`,
    {
      code: words.split(':')[0]?.replaceAll(' ', '-') ?? '',
      status,
      requestId: readRequestId(response),
      retryable,
      phase: 'headers',
    },
    { detail, retryAfterMs, headers: response.headers },
  );
}

/** The request id that the server gave, from `X-Request-ID` or `request-id`. */
export function readRequestId({ headers }: Response): string | undefined {
  return headers.get('X-Request-ID') ?? headers.get('request-id') ?? undefined;
}

/** The `detail` of an error body; the body itself where it has none. */
export function readDetail(body: unknown): ErrorDetail | undefined {
  const { detail, error } = Object(body) as { detail?: ErrorDetail; error?: ErrorDetail };
  return detail ?? error ?? ((body || undefined) as ErrorDetail | undefined);
}

/** The HTTP status that a provider error names. */
export function readStatus(detail: unknown): number | undefined {
  const code = Number((Object(detail) as { code?: unknown }).code);
  return code >= 400 && code < 600 ? code : undefined;
}

/** Whether a body of status 200, or an event, is an error all the same. */
export function isErrorBody(body: unknown): boolean {
  const { data, detail, error, message, type, code } = Object(body) as Record<string, unknown>;
  return (
    !!error ||
    (!Array.isArray(data) && (detail !== undefined || (typeof message === 'string' && (type ?? code) != null)))
  );
}

/** Where a 422 found fault. Only paths: `msg` may repeat the value. */
function describeIssues(detail: unknown): string {
  const paths = Array.isArray(detail) ? detail.flatMap(({ loc }) => (Array.isArray(loc) ? [loc.join('.')] : [])) : [];
  return paths.length > 0 ? ` at ${paths.slice(0, 3).join(', ')}` : '';
}
