import type { Call } from './call.ts';
import { brandError, type ErrorClass, HumanloopError } from './errors.ts';
import { isRetryableStatus, parseRetryAfter } from './retry.ts';

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

export type ApiErrorCode =
  | 'bad-request'
  | 'not-authenticated'
  | 'not-found'
  | 'unprocessable-entity'
  | 'rate-limited'
  | 'internal-server-error'
  | 'service-unavailable'
  /** Any other status. */
  | 'error';

/**
 * The server answered with an error. Its words are not printed, because they may repeat the request: only its status, the
 * wait that it asks for, and where in the request it found fault.
 */
export class ApiError extends HumanloopError {
  declare readonly name: string;
  declare readonly code: ApiErrorCode;
  declare readonly status: number;
  /** What the server says, parsed. */
  declare readonly detail?: ErrorDetail;
  /** How long the server wants us to wait, ms. */
  declare readonly retryAfterMs?: number;
  declare readonly headers: Headers;

  /** The broken rules of a 422; empty when `detail` is something else. */
  get issues(): readonly ValidationIssue[] {
    return readIssues(this.detail);
  }
}

export class BadRequestError extends ApiError {
  declare readonly name: 'BadRequestError';
  declare readonly code: 'bad-request';
}
/** The key is missing or wrong, or its owner may not do this. */
export class AuthenticationError extends ApiError {
  declare readonly name: 'AuthenticationError';
  declare readonly code: 'not-authenticated';
}
export class NotFoundError extends ApiError {
  declare readonly name: 'NotFoundError';
  declare readonly code: 'not-found';
}
/** `detail` is the list of broken rules, or the provider's error. */
export class UnprocessableEntityError extends ApiError {
  declare readonly name: 'UnprocessableEntityError';
  declare readonly code: 'unprocessable-entity';
}
export class RateLimitError extends ApiError {
  declare readonly name: 'RateLimitError';
  declare readonly code: 'rate-limited';
}
export class InternalServerError extends ApiError {
  declare readonly name: 'InternalServerError';
  declare readonly code: 'internal-server-error';
}
export class ServiceUnavailableError extends ApiError {
  declare readonly name: 'ServiceUnavailableError';
  declare readonly code: 'service-unavailable';
}

/** The documented statuses: class, its name, and what messages say. */
const STATUSES: Record<number, readonly [ErrorClass<ApiError>, string, string]> = {
  400: [BadRequestError, 'BadRequestError', 'bad request'],
  401: [AuthenticationError, 'AuthenticationError', 'not authenticated'],
  404: [NotFoundError, 'NotFoundError', 'not found'],
  422: [UnprocessableEntityError, 'UnprocessableEntityError', 'unprocessable entity'],
  429: [RateLimitError, 'RateLimitError', 'rate limited'],
  500: [InternalServerError, 'InternalServerError', 'internal server error'],
  503: [ServiceUnavailableError, 'ServiceUnavailableError', 'service unavailable'],
};
brandError(ApiError, 'ApiError');
for (const [Class, name] of Object.values(STATUSES)) brandError(Class, name);

/** Makes the error of an answer, whether its body, parsed, is JSON, text or empty. */
export function createApiError(call: Call, response: Response, body: unknown): ApiError {
  const { ok, headers } = response;
  const detail = readDetail(body);
  // A server that reports an error with status 200 names the true status in the error's code.
  const status = (ok && readStatus(detail)) || response.status;
  const [Class, , words] = STATUSES[status] ?? [ApiError, '', 'error'];
  const retryAfterMs = parseRetryAfter(headers.get('Retry-After'));
  const wait = retryAfterMs === undefined ? '' : `, retry after ${Math.ceil(retryAfterMs / 1000)} s`;
  return call.fail(
    Class,
    words.replaceAll(' ', '-') as ApiErrorCode,
    `${status} ${words}${wait}${describeIssues(detail)}`,
    {
      status,
      phase: 'headers',
      retryable: !ok && isRetryableStatus(status, call.idempotent),
      retryAfterMs,
      detail,
      headers,
    },
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
  const code = Number((Object(detail) as { code: unknown }).code);
  return code >= 400 && code < 600 ? code : undefined;
}

/** Whether a body of status 200, or an event, is an error all the same. */
export function isErrorBody(body: unknown): boolean {
  const { data, error } = Object(body) as Record<string, unknown>;
  if (error || Array.isArray(data)) return !!error;
  const { detail, message, type, code } = Object(body) as Record<string, unknown>;
  return detail != null || (typeof message === 'string' && (type ?? code) != null);
}

/** The broken rules in a list that may hold anything. */
function readIssues(detail: unknown): ValidationIssue[] {
  const items: unknown[] = Array.isArray(detail) ? detail : [];
  return items.filter((item): item is ValidationIssue => Array.isArray(Object(item).loc));
}

/** Where a 422 found fault. Only paths: `msg` may repeat the value. */
function describeIssues(detail: unknown): string {
  const issues = readIssues(detail).slice(0, 3);
  const paths = issues.map(({ loc }) => loc.join('.')).join(', ');
  return paths && ` at ${paths}`;
}
