export type * from '@humanloop-v4/types';
export type { Middleware } from 'openapi-fetch';
export {
  ApiError,
  AuthenticationError,
  BadRequestError,
  type ErrorDetail,
  InternalServerError,
  NotFoundError,
  type ProviderError,
  RateLimitError,
  ServiceUnavailableError,
  UnprocessableEntityError,
  type ValidationIssue,
} from './api-error.ts';
export { BasicEventStream } from './basic-event-stream.ts';
export type { ApiPromise, StreamPromise } from './api-promise.ts';
export type { StreamStats, Timeouts } from './call.ts';
export { type Client, createClient, type StreamPath } from './client.ts';
export type { Answer } from './core.ts';
export { AbortError, ConnectionError, type ErrorCode, HumanloopError, type Phase, TimeoutError } from './errors.ts';
export { EventStream, type FromReadableStreamOptions, type TextDelta } from './event-stream.ts';
export { Humanloop, type HumanloopOptions } from './humanloop.ts';
export { createLogObserver, type Logger, type LogLevel } from './logger.ts';
export type { ClientEvent, ObservedCall, Observer, RetryEvent } from './observe.ts';
export type { ApiKey, CallOptions, CallSettings, ClientOptions, Fetch, HeadersOption } from './options.ts';
export type { Page, PageBody, PagePromise } from './page.ts';
export type { PartialSample } from './progress.ts';
export type { Sample } from './sample.ts';
export { StreamError, type StreamErrorCode } from './stream-error.ts';
