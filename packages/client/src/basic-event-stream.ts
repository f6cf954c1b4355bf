import type { Bytes } from './bytes.ts';
import type { Call } from './call.ts';
import type { EventSource } from './event-source.ts';
import { StreamError } from './stream-error.ts';

const DONE = { done: true, value: undefined } as const;

/** What a stream has cost so far. Times are ms since the call began; `undefined` until it happened. */
export interface StreamStats {
  /** Date.now() when the call began. */
  readonly startedAt: number;
  readonly headersMs: number | undefined;
  readonly firstEventMs: number | undefined;
  readonly endMs: number | undefined;
  readonly events: number;
  readonly bytes: number;
  readonly retries: number;
}

/** What a stream is made of. */
export interface StreamParts<T> {
  readonly source: EventSource<T>;
  readonly call: Call;
  readonly bytes?: Bytes | undefined;
  readonly response?: Response | undefined;
  /** Told once, when the stream has been read, left or failed; `closed` is kept when its connection is free or closed. */
  readonly onEnd?:
    | ((stream: { readonly stats: StreamStats }, completed: boolean, error: unknown, closed: Promise<void>) => void)
    | undefined;
}

/**
 * The events of a generation, typed, in order; to be read once.
 *
 * The loop ends normally only when every requested sample has had its finish reason. Events are read when they are asked
 * for, so a slow reader slows the server down. Leaving the loop early closes the connection.
 *
 * @throws {StreamError} what went wrong with the stream, with the text so far in `partial`
 * @throws {TimeoutError | AbortError}
 */
export class BasicEventStream<T> implements AsyncIterable<T>, AsyncDisposable {
  /** The raw answer; its body is taken by the stream. */
  readonly response: Response | undefined;
  readonly requestId: string | undefined;
  readonly #parts: StreamParts<T>;
  readonly #headersMs: number;
  #firstEventMs: number | undefined;
  #endMs: number | undefined;
  #failure: unknown;
  #completed = false;
  /** Whether the failure is still to be told to whoever reads. */
  #untold = false;
  #isRead = false;
  #reading: Promise<IteratorResult<T, undefined>> | undefined;

  constructor(parts: StreamParts<T>) {
    this.#parts = parts;
    this.response = parts.response;
    this.requestId = parts.call.requestId;
    this.#headersMs = parts.call.elapsedMs();
  }

  get stats(): StreamStats {
    const { call, source, bytes } = this.#parts;
    return {
      startedAt: call.startedAt,
      headersMs: this.#headersMs,
      firstEventMs: this.#firstEventMs,
      endMs: this.#endMs,
      events: source.progress.events,
      bytes: bytes?.count ?? 0,
      retries: call.retries,
    };
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    this.take();
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: this.next,
      return: async () => {
        this.end();
        return DONE;
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** Closes the connection; whoever reads gets an AbortError whose cause is the reason. */
  abort(reason?: unknown): void {
    const { call } = this.#parts;
    if (this.#endMs !== undefined) return;
    call.abort(reason);
    this.#untold = !this.#reading;
    this.end(call.error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }

  /** Whether the stream is over, and how: with all it was to bring, with an error, or by being left. */
  protected get outcome(): { completed: boolean; failure: unknown } | undefined {
    return this.#endMs === undefined ? undefined : { completed: this.#completed, failure: this.#failure };
  }

  /** Told about each event, and, without one, the end. */
  protected onNext(_event?: T): void {}

  /** Makes the caller the one reader. */
  protected take(): void {
    const { call } = this.#parts;
    if (this.#isRead) throw call.fail(StreamError, 'already-read', 'the stream is being read or has been');
    this.#isRead = true;
  }

  protected next = (): Promise<IteratorResult<T, undefined>> => {
    // Calls that do not wait for one another get their events in order.
    if (this.#reading) return this.#reading.then(this.next, this.next);
    if (this.#untold) {
      this.#untold = false;
      return Promise.reject(this.#failure);
    }
    if (this.#endMs !== undefined) return Promise.resolve(DONE);
    const { source } = this.#parts;
    try {
      const event = source.take();
      if (event !== undefined) return Promise.resolve(this.#deliver(event));
    } catch (error) {
      return this.#fail(error);
    }
    return (this.#reading = source.read(this.#deliver, this.#fail));
  };

  /** Closes what is open, once. */
  protected end(failure?: unknown): void {
    if (this.#endMs !== undefined) return;
    const { call, source, onEnd } = this.#parts;
    this.#endMs = call.elapsedMs();
    this.#failure = failure;
    // What came whole is whole, even if the caller left the loop at the last event.
    this.#completed ||= !failure && source.progress.complete;
    this.onNext();
    call.dispose();
    // Not waited for: what comes after the last sample is not for the reader.
    const closed = source.close();
    onEnd?.(this, this.#completed, failure, closed);
  }

  #deliver = (event: T | undefined): IteratorResult<T, undefined> => {
    this.#reading = undefined;
    if (event === undefined) {
      this.#completed ||= this.#endMs === undefined;
      this.end();
      return DONE;
    }
    this.#firstEventMs ??= this.#parts.call.elapsedMs();
    this.onNext(event);
    return { done: false, value: event };
  };

  #fail = async (error: unknown): Promise<never> => {
    this.#reading = undefined;
    this.end(error);
    throw error;
  };
}
