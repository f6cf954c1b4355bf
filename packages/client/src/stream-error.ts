import type { ErrorDetail } from './api-error.ts';
import { brandError, HumanloopError } from './errors.ts';

export type StreamErrorCode =
  /** The stream ended before every sample had its finish reason. */
  | 'truncated'
  /** The connection was lost in mid-stream. */
  | 'disconnected'
  /** An event is not a JSON object. */
  | 'malformed'
  /** An event is longer than `maxEventBytes`. */
  | 'too-large'
  /** The server reported an error in the stream; it is in `detail`. */
  | 'error-event'
  /** The answer is something else than an event stream. */
  | 'not-a-stream'
  /** The stream is read a second time. */
  | 'already-read';

/** A stream failed, or was none. What the server sent, but for the start of a page, is in fields that are not printed. */
export class StreamError extends HumanloopError {
  declare readonly name: 'StreamError';
  declare readonly code: StreamErrorCode;
  /** Whether bytes of an unfinished event were left where the stream broke off. */
  declare readonly pending?: boolean;
  /** What the server said in an `error` event. */
  declare readonly detail?: ErrorDetail;
  /** Media type of an answer that is no stream; `''` when it has none. */
  declare readonly mediaType?: string;
  /** First characters of an answer that is no stream. */
  declare readonly excerpt?: string;
}

brandError(StreamError, 'StreamError');
