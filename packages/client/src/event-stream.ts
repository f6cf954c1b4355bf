import { Assembly, type EntryOf, type Envelope } from './assembly.ts';
import { ByteReader } from './byte-reader.ts';
import { Call } from './call.ts';
import { AbortError } from './errors.ts';
import { EventReader, type EventReaderOptions, type Source } from './event-reader.ts';
import { encodeEvents } from './encode-events.ts';
import { Sample } from './sample.ts';
import { StreamError } from './stream-error.ts';
import { tee } from './tee.ts';

const NO_TIMEOUTS = { headersMs: 0, idleMs: 0, totalMs: 0 };
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

/** A piece of the text of one sample. */
export interface TextDelta {
  /** Which sample, from 0. */
  readonly index: number;
  readonly text: string;
}

/** What a stream is made of; `tee` makes one of another source. */
export interface StreamParts<T> {
  readonly source: Source<T>;
  readonly call: Call;
  readonly bytes?: ByteReader | undefined;
  readonly response?: Response | undefined;
  /** Told once, when the stream has been read, left or failed. */
  readonly onEnd?: ((stream: EventStream<T>, error: unknown, completed: boolean) => void) | undefined;
}

export interface FromReadableStreamOptions extends EventReaderOptions {
  /** Number of samples that must finish; default what the events say, else 1. */
  readonly num_samples?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The events of a generation, typed, in order.
 *
 * The loop ends normally only when every requested sample has had its finish reason. Events are read when they are asked
 * for, so a slow reader slows the server down. Leaving the loop early closes the connection. A stream is read once: by a
 * loop over it or over `text()`, by its samples, or by `tee()`; `final()` and `samples` may accompany a loop.
 *
 * @throws {StreamError} what went wrong with the stream, with the text so far in `partial`
 * @throws {TimeoutError | AbortError}
 */
export class EventStream<T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #parts: StreamParts<T>;
  readonly #source: Source<T>;
  readonly #call: Call;
  readonly #headersMs: number;
  readonly #samples: Sample<EntryOf<T>>[] = [];
  #firstEventMs: number | undefined;
  #endMs: number | undefined;
  #failure: unknown;
  /** Whether a reader has got the failure. */
  #told = false;
  #completed = false;
  /** Who takes the events: a loop, or those who follow the samples. */
  #reader: 'loop' | 'followers' | undefined;
  #reading: Promise<unknown> | undefined;
  #following: Promise<unknown> | undefined;
  /** Followers that wait for the loop to go on. */
  #waiters: (() => void)[] = [];

  constructor(parts: StreamParts<T>) {
    this.#parts = parts;
    this.#source = parts.source;
    this.#call = parts.call;
    this.#headersMs = parts.call.elapsedMs;
  }

  /** Reads bytes of server-sent events that another server passes on, with the same proof of completion. */
  static fromReadableStream<T = Envelope>(
    body: ReadableStream<Uint8Array>,
    { num_samples, signal, ...options }: FromReadableStreamOptions = {},
  ): EventStream<T> {
    const call = new Call('event stream', NO_TIMEOUTS, signal);
    call.phase = 'stream';
    return createEventStream(new ByteReader(body, call), call, num_samples, options);
  }

  /** The raw answer; its body is taken by the stream. */
  get response(): Response | undefined {
    return this.#parts.response;
  }

  get requestId(): string | undefined {
    return this.#call.requestId;
  }

  get stats(): StreamStats {
    const { startedAt, retries } = this.#call;
    return {
      startedAt,
      headersMs: this.#headersMs,
      firstEventMs: this.#firstEventMs,
      endMs: this.#endMs,
      events: this.#source.assembly.events,
      bytes: this.#parts.bytes?.bytes ?? 0,
      retries,
    };
  }

  /** The answer as far as it has come. */
  get current(): T {
    return this.#source.assembly.toAnswer() as T;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    if (this.#reader) {
      throw new StreamError(`${this.#call.label}: the stream is being read or has been`, {
        code: 'already-read',
        requestId: this.requestId,
      });
    }
    this.#reader = 'loop';
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: () => this.#next(),
      return: async () => {
        await this.#end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** Closes the connection; whoever reads gets an AbortError whose cause is the reason. */
  abort(reason?: unknown): void {
    if (this.#endMs !== undefined) return;
    this.#call.abort(reason);
    void this.#end(this.#call.error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  /** The text as it comes, with the index of its sample. */
  async *text(): AsyncGenerator<TextDelta, void, undefined> {
    for await (const event of this as AsyncIterable<Envelope>) {
      for (const [position, entry] of (event.data ?? []).entries()) {
        if (entry?.output) yield { index: entry.index ?? position, text: entry.output };
      }
    }
  }

  /** Each requested sample, to be read at the same time or one after the other. */
  get samples(): readonly Sample<EntryOf<T>>[] {
    const { expected = 1 } = this.#source.assembly;
    return Array.from({ length: expected }, (_, index) => this.sample(index));
  }

  /**
   * One sample, by its index.
   *
   * There is no queue that could overflow: a sample reads from the text that has been put together, so one that is read
   * late or slowly gives all that it has in one piece. Leaving its loop leaves the other samples alone.
   */
  sample(index: number): Sample<EntryOf<T>> {
    return (this.#samples[index] ??= new Sample(this.#source.assembly.sample(index), () => this.#advance()));
  }

  /** Resolves to the whole answer when the stream is complete; reads it if nobody else does. */
  final(): Promise<T> {
    const answer = this.#readAll();
    // Where a loop reads, it gets the error as well: nobody has to catch it twice.
    answer.catch(() => {});
    return answer;
  }

  /** Two streams of the same events. The slower one holds what it has not read; both have to be left to close. */
  tee(): [EventStream<T>, EventStream<T>] {
    return tee(this[Symbol.asyncIterator](), this.#call, this.#source.assembly.expected).map(
      (parts) => new EventStream<T>({ ...this.#parts, ...parts, onEnd: undefined }),
    ) as [EventStream<T>, EventStream<T>];
  }

  /** The events as bytes of server-sent events, to be passed on; read when they are asked for. */
  toReadableStream(): ReadableStream<Uint8Array> {
    return encodeEvents(this[Symbol.asyncIterator]());
  }

  async #readAll(): Promise<T> {
    // A loop that begins in the same breath goes first.
    await undefined;
    while (await this.#advance());
    return this.current;
  }

  /** Reads one event for those who follow the samples, or waits until the loop has; false at the end. */
  async #advance(): Promise<boolean> {
    if (this.#endMs !== undefined) {
      if (this.#failure) throw this.#failure;
      if (this.#completed) return false;
      throw new AbortError(`${this.#call.label}: the stream was left before its end`, {
        code: 'aborted',
        phase: 'stream',
      });
    }
    if (this.#reader === 'loop') {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      return true;
    }
    this.#reader = 'followers';
    await (this.#following ??= this.#next().finally(() => (this.#following = undefined)));
    // Those who follow one sample stop with it: somebody has to end the stream.
    if (this.#source.assembly.isComplete) this.#next().catch(() => {});
    return true;
  }

  #next(): Promise<IteratorResult<T, undefined>> {
    // Calls that do not wait for one another get their events in order.
    if (this.#reading) return this.#reading.then(this.#nextInTurn, this.#nextInTurn);
    if (this.#endMs !== undefined) {
      // An abort between two reads is told at the next one.
      const { failure, told } = { failure: this.#failure, told: this.#told };
      this.#told = true;
      return failure && !told ? Promise.reject(failure) : Promise.resolve(DONE);
    }
    try {
      const event = this.#source.read();
      if (!(event instanceof Promise)) return Promise.resolve(this.#deliver(event));
      const reading = event.then(this.#deliver, this.#fail);
      this.#reading = reading;
      return reading;
    } catch (error) {
      return this.#fail(error);
    }
  }

  #nextInTurn = (): Promise<IteratorResult<T, undefined>> => this.#next();

  #deliver = (event: T | undefined): IteratorResult<T, undefined> => {
    this.#reading = undefined;
    if (event === undefined) {
      this.#completed = true;
      void this.#end();
      return DONE;
    }
    this.#firstEventMs ??= this.#call.elapsedMs;
    if (this.#waiters.length > 0) this.#wakeFollowers();
    return { done: false, value: event };
  };

  #fail = async (error: unknown): Promise<never> => {
    this.#reading = undefined;
    this.#told = true;
    void this.#end(error);
    throw this.#failure;
  };

  /** Closes what is open, once. */
  async #end(failure?: unknown): Promise<void> {
    if (this.#endMs !== undefined) return;
    this.#endMs = this.#call.elapsedMs;
    this.#failure = failure;
    // What came whole is whole, even if the caller left the loop at the last event.
    this.#completed ||= !failure && this.#source.assembly.isComplete;
    this.#wakeFollowers();
    this.#parts.onEnd?.(this, failure, this.#completed);
    await this.#source.close();
    this.#call.dispose();
  }

  #wakeFollowers(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** Makes a stream of a body. */
export function createEventStream<T>(
  bytes: ByteReader,
  call: Call,
  samples: number | undefined,
  options: EventReaderOptions,
  rest: Pick<StreamParts<T>, 'response' | 'onEnd'> = {},
): EventStream<T> {
  const source = new EventReader<T>(bytes, call, new Assembly(samples), options);
  return new EventStream<T>({ source, call, bytes, ...rest });
}
