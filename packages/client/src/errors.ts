import type { ApiErrorCode } from './api-error.ts';
import type { PartialSample } from './progress.ts';
import type { StreamErrorCode } from './stream-error.ts';

/** How far a request had come when it failed. */
export type Phase = 'connect' | 'headers' | 'body' | 'stream';

/** What went wrong, in a word; each class lists its own. */
export type ErrorCode =
  | ApiErrorCode
  | ConnectionErrorCode
  | TimeoutErrorCode
  | StreamErrorCode
  | 'aborted'
  /** An option of the client or of a call. */
  | 'configuration'
  /** The request, before it was sent. */
  | 'invalid-request'
  /** An answer that is no JSON, such as the page of a proxy. */
  | 'not-json'
  /** An answer to a list that is no page. */
  | 'not-a-page';

type ConnectionErrorCode = 'refused' | 'lost' | 'redirect';
type TimeoutErrorCode = 'headers-timeout' | 'idle-timeout' | 'total-timeout';

/** What an error tells, with what its class adds. `undefined` fields are left out. */
export interface ErrorFields {
  readonly code: ErrorCode;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean;
  readonly phase?: Phase | undefined;
  readonly cause?: unknown;
  readonly [field: string]: unknown;
}

export type ErrorClass<E extends HumanloopError> = new (message: string, fields: ErrorFields) => E;

const BRAND = '@humanloop-v4/client/';

/** What may hold keys, prompts or outputs: it can be read, but is not printed. */
const HIDDEN = /^(detail|excerpt|headers|partial)$/;

/**
 * The base of all errors of this package.
 *
 * Printing an error shows no keys, prompts or outputs: messages are made of our own words, names, numbers and origins, and
 * what may hold such text (`detail`, `excerpt`, `headers`, `partial`) is behind a getter that is not enumerable.
 */
export class HumanloopError extends Error {
  declare readonly name: string;
  /** What went wrong, in a word. */
  declare readonly code: ErrorCode;
  /** HTTP status of the answer, or, for an error inside a stream, the one that the server named. */
  declare readonly status?: number;
  declare readonly requestId?: string;
  /** Whether sending the same request again may succeed and cannot be billed twice. */
  declare readonly retryable: boolean;
  declare readonly phase?: Phase;
  /** Events that had been read of a stream. */
  declare readonly eventsRead?: number;
  /** What a stream had brought, also where a deadline or an abort ended it. */
  declare readonly partial?: readonly PartialSample[];

  constructor(message: string, { cause, ...fields }: ErrorFields) {
    super(message + (fields.requestId ? ` (${fields.requestId})` : ''), cause === undefined ? {} : { cause });
    for (const [key, value] of Object.entries({ retryable: false, ...fields })) {
      if (HIDDEN.test(key)) Object.defineProperty(this, key, { get: () => value });
      else if (value !== undefined) Object.assign(this, { [key]: value });
    }
  }

  toJSON(): Record<string, unknown> {
    const { name, message } = this;
    return { name, message, ...(this as object) };
  }

  /** True for errors of another copy of this package as well: they carry the same brand. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const { prototype } = this;
    // A subclass that a user made has no brand of its own.
    return Object.hasOwn(prototype, BRAND + prototype.name)
      ? BRAND + prototype.name in Object(value)
      : super[Symbol.hasInstance](value);
  }
}

/** Gives a class its literal `name`, which no minifier changes, and its brand. */
export function brandError({ prototype }: { prototype: Error }, name: string): void {
  Object.defineProperties(prototype, { name: { value: name }, [BRAND + name]: {} });
}

/** No answer came: the server was not reached, the connection was lost, or it leads elsewhere. */
export class ConnectionError extends HumanloopError {
  declare readonly name: 'ConnectionError';
  declare readonly code: ConnectionErrorCode;
}

/** One of our deadlines passed. The message names the option. */
export class TimeoutError extends HumanloopError {
  declare readonly name: 'TimeoutError';
  declare readonly code: TimeoutErrorCode;
}

/** The caller aborted; `cause` is the signal's reason. */
export class AbortError extends HumanloopError {
  declare readonly name: 'AbortError';
  declare readonly code: 'aborted';
}

brandError(HumanloopError, 'HumanloopError');
brandError(ConnectionError, 'ConnectionError');
brandError(TimeoutError, 'TimeoutError');
brandError(AbortError, 'AbortError');
