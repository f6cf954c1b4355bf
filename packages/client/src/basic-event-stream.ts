import { cancel, drain, type Reader } from './bytes.ts';
import type { Call, StreamStats } from './call.ts';
import { AbortError, HumanloopError } from './errors.ts';
import type { EventReader } from './event-reader.ts';
import { StreamError } from './stream-error.ts';

const DONE = { done: true, value: undefined } as const;

/** What a stream is made of. */
export interface StreamParts<T> {
  readonly call: Call;
  readonly reader: Reader;
  readonly events: EventReader<T>;
  readonly response?: Response | undefined;
  /** Told once, when the stream has been read, left or failed; `drained` resolves when its connection is free again. */
  readonly onEnd?:
    | ((
        stream: { readonly stats: StreamStats },
        completed: boolean,
        error: unknown,
        drained: Promise<void> | undefined,
      ) => void)
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
  /** What the stream has cost so far. */
  readonly stats: StreamStats;
  /** Aborting it is `abort()`; after the last event that costs the connection. */
  readonly controller: AbortController;
  readonly #parts: StreamParts<T>;
  #isRead = false;
  #reading: Promise<IteratorResult<T, undefined>> | undefined;
  /** How the stream ended, once it has: with an error, with all that it was to bring, or by being left. */
  #outcome: { readonly completed: boolean; readonly failure: unknown } | undefined;
  /** Whether `call.error` is still to be told to whoever reads. */
  #untold = false;

  constructor(parts: StreamParts<T>) {
    const { call, response } = parts;
    this.#parts = parts;
    this.response = response;
    this.requestId = call.requestId;
    this.stats = call.stats;
    this.controller = call.controller;
    call.stats.headersMs = call.elapsedMs();
    // At once, also when nobody asks for the next event: followers of a loop that stands still would wait for ever.
    this.controller.signal.addEventListener('abort', () => {
      this.#untold ||= !this.#outcome && !this.#reading;
      this.end(false, call.error);
    });
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    this.claim();
    const iterator: AsyncIterableIterator<T> = {
      next: this.next,
      return: async () => {
        this.end(false);
        return DONE;
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** Closes the connection; whoever reads gets an AbortError whose cause is the reason. */
  abort(reason?: unknown): void {
    // After the last event the connection is about to be free.
    if (!this.#outcome) this.controller.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#outcome) return;
    const { call } = this.#parts;
    // Whoever reads elsewhere, a branch of `tee()` or a body that is passed on, must not take this for the end.
    call.error = call.fail(AbortError, 'aborted', 'the stream was left before its end');
    this.#untold = !this.#reading;
    this.end(false);
  }

  protected get outcome(): { readonly completed: boolean; readonly failure: unknown } | undefined {
    return this.#outcome;
  }

  /** Told about each event, and, without one, the end. */
  protected onNext(_event?: T): void {}

  /** Makes the caller the one reader. */
  protected claim(): void {
    const { call } = this.#parts;
    if (this.#isRead) throw call.fail(StreamError, 'already-read', 'the stream is being read or has been');
    this.#isRead = true;
  }

  protected next = (): Promise<IteratorResult<T, undefined>> => {
    // Calls that do not wait for one another get their events in order.
    if (this.#reading) return this.#reading.then(this.next, this.next);
    try {
      if (this.#untold) {
        this.#untold = false;
        throw this.#parts.call.error;
      }
      if (this.#outcome) return Promise.resolve(DONE);
      const value = this.#take();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      // `[DONE]` may have ended it.
      if (this.#outcome) return Promise.resolve(DONE);
    } catch (error) {
      return Promise.reject(this.#fail(error));
    }
    return (this.#reading = this.#read());
  };

  /** Closes what is open, once. */
  protected end(completed: boolean, failure?: unknown): void {
    if (this.#outcome) return;
    const { call, reader, events, onEnd } = this.#parts;
    const { complete } = events.progress;
    // What came whole is whole, even if the caller left the loop at the last event.
    const isWhole = completed || (complete && !failure);
    this.#outcome = { completed: isWhole, failure };
    call.stats.endMs = call.elapsedMs();
    this.onNext();
    call.dispose();
    const isLeft = !isWhole && (!failure || call.error);
    // Not waited for: what comes after the last sample, or after a failure, is not for the reader.
    const drained = isLeft ? undefined : drain(reader, call);
    if (isLeft) {
      // Cancelling ends a read that is pending; aborting closes the connection where a clone of the answer holds it.
      cancel(reader);
      this.controller.abort();
    }
    onEnd?.(this, isWhole, failure, drained);
  }

  /** The next event, if it is here already. The last one ends the stream. */
  #take(): T | undefined {
    const { call, events } = this.#parts;
    const value = events.take();
    if (value !== undefined) {
      call.stats.firstEventMs ??= call.elapsedMs();
      this.onNext(value);
    }
    // Not when the reader comes back: no deadline runs while the last event is worked on.
    if (events.progress.complete) this.end(true);
    return value;
  }

  async #read(): Promise<IteratorResult<T, undefined>> {
    const { call, reader, events } = this.#parts;
    try {
      for (;;) {
        let chunk: Uint8Array | undefined;
        call.wait('idleMs');
        try {
          ({ value: chunk } = await reader.read());
        } catch (cause) {
          // A branch of `tee()` breaks with the error of its source.
          throw cause instanceof HumanloopError ? cause : events.end(cause || 'no reason given');
        }
        call.wait();
        // Leaving ends a pending read as if the body had ended.
        if (this.#outcome && !call.error) return DONE;
        if (chunk) events.add(chunk);
        const value = this.#take();
        if (value !== undefined) return { done: false, value };
        if (this.#outcome) return DONE;
        if (chunk) continue;
        const failure = events.end();
        if (failure) throw failure;
        this.end(true);
        return DONE;
      }
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#reading = undefined;
    }
  }

  #fail(error: unknown): unknown {
    // An abort breaks whatever is going on.
    const failure = this.#parts.call.error ?? error;
    this.end(false, failure);
    return failure;
  }
}
