import { readRequestId } from './api-error.ts';
import { type Assembly, createAssembly, type EntryOf } from './assembly.ts';
import { BasicEventStream, type StreamParts } from './basic-event-stream.ts';
import { cancel, openBody } from './bytes.ts';
import { createCall, NO_TIMEOUTS } from './call.ts';
import { encodeEvents } from './encode-events.ts';
import { AbortError, HumanloopError } from './errors.ts';
import { createEventReader, type EventReaderOptions } from './event-reader.ts';
import { leaveAtOnce } from './leave-at-once.ts';
import { markHandled } from './mark-handled.ts';
import { type CallSettings, readTimeouts } from './options.ts';
import { entriesOf, type Envelope, indexOf, sampleAt } from './progress.ts';
import { type Feed, Sample } from './sample.ts';
import { tee } from './tee.ts';

/** Their number may be a server's word, which must not cost memory. */
const MAX_SAMPLES = 1000;

/** A piece of the text of one sample. */
export interface TextDelta {
  /** Which sample, from 0. */
  readonly index: number;
  readonly text: string;
}

export interface FromReadableStreamOptions extends EventReaderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Deadlines, ms, as for a call. */
  readonly timeout?: CallSettings['timeout'];
}

/**
 * The events of a generation with helpers made for this API. Everything is pull-driven: nothing is read that nobody asks
 * for. A stream is read once: by a loop over it or over `text()`, by its samples, by `tee()` or `toReadableStream()`;
 * `final()` and `samples` may accompany a loop.
 */
export class EventStream<T> extends BasicEventStream<T> {
  readonly #parts: StreamParts<T>;
  readonly #assembly: Assembly;
  readonly #samples: Sample<EntryOf<T>>[] = [];
  /** Whether those who follow samples read the stream, because no loop does. */
  #isFollowed = false;
  #hasLoop = false;
  #following: Promise<unknown> | undefined;
  /** How many read samples, or all with `final()`, and whether one of them left its sample unfinished. */
  #followers = 0;
  #someoneLeft = false;
  /** Followers that wait for the loop to go on. */
  #waiters: (() => void)[] = [];

  constructor(parts: StreamParts<T>) {
    super(parts);
    this.#parts = parts;
    this.#assembly = createAssembly(parts.events.progress);
  }

  /**
   * Reads server-sent events that another server passes on, with the same proof of completion: a body, or the Response that
   * it came with, whose status then counts, too. The number of samples is known from the first event on; who takes
   * `samples` before says it with `num_samples`.
   */
  static fromReadableStream<T = Envelope>(
    source: ReadableStream<Uint8Array> | Response,
    options: FromReadableStreamOptions = {},
  ): EventStream<T> {
    const { signal, timeout } = options;
    const [response, reader] = 'body' in source ? [source, openBody(source)] : [undefined, source.getReader()];
    // After the reader: a body that is locked leaves nothing behind.
    const call = createCall('event stream', readTimeouts(timeout), signal);
    call.phase = 'stream';
    call.requestId = response && readRequestId(response);
    // Whoever reads is told why; a source that nobody reads must not stay open.
    if (call.error) cancel(reader);
    return new EventStream({ call, reader, events: createEventReader<T>(call, options, response), response });
  }

  /** The answer as far as it has come. */
  get current(): T {
    return this.#assembly.toAnswer() as T;
  }

  /** The text as it comes, with the index of its sample. */
  text(): AsyncGenerator<TextDelta, void, undefined> {
    return leaveAtOnce(this.#readText(), () => this.end(false));
  }

  async *#readText(): AsyncGenerator<TextDelta, void, undefined> {
    for await (const event of this as AsyncIterable<Envelope>) {
      for (const [position, entry] of entriesOf(event).entries()) {
        const text = entry?.output;
        if (text && typeof text === 'string') yield { index: indexOf(entry, position), text };
      }
    }
  }

  /** Each requested sample, to be read at the same time or one after the other; of more than 1000, the first 1000. */
  get samples(): readonly Sample<EntryOf<T>>[] {
    const { expected = 1 } = this.#parts.events.progress;
    return Array.from({ length: Math.min(expected, MAX_SAMPLES) }, (_, index) => this.sample(index));
  }

  /**
   * One sample, by its index.
   *
   * There is no queue that could overflow: a sample reads from the text that has been put together, so one that is read
   * late or slowly gives all that it has in one piece. Leaving its loop leaves samples alone that are being read
   * meanwhile; when nobody reads any more, the stream is left, as with the loop over its events.
   */
  sample(index: number): Sample<EntryOf<T>> {
    return (this.#samples[index] ??= new Sample(
      sampleAt(this.#parts.events.progress, index),
      () => this.#assembly.toEntry(index) as EntryOf<T>,
      this.#feed,
    ));
  }

  /** Resolves to the whole answer when the stream is complete; reads it if nobody else does. */
  final(): Promise<T> {
    const readAll = async (): Promise<T> => {
      const end = this.#feed.begin();
      while (await this.#advance());
      end(false);
      return this.current;
    };
    return markHandled(readAll());
  }

  /**
   * Two streams of the same events. The slower one holds what it has not read; leaving both closes the connection. Each
   * parses the events anew, so that what one reader changes the other does not see, and counts its times from here.
   */
  tee(): [EventStream<T>, EventStream<T>] {
    const { call, events, response } = this.#parts;
    const { label, phase, requestId, stats } = call;
    const createBranch = (iterator: AsyncIterator<T>): EventStream<T> => {
      const own = Object.assign(createCall(label, NO_TIMEOUTS), { phase, requestId });
      own.stats.retries = stats.retries;
      // What comes has been proven: a body that ends is whole, another breaks with the error, and no event is too long.
      const proven = { maxEventBytes: Infinity, onIncomplete: 'end' } as const;
      const reader = createEventReader<T>(own, { num_samples: events.progress.expected, ...proven });
      const body = encodeEvents(iterator, events.progress);
      return new EventStream({ call: own, reader: body.getReader(), events: reader, response });
    };
    const [first, second] = tee(this[Symbol.asyncIterator]());
    return [createBranch(first), createBranch(second)];
  }

  /**
   * The events as bytes of server-sent events, to be passed on: all that they say, the filled-in messages of the prompt
   * included. Comments are not: where the server is silent for long but for those, give the next reader a larger `idleMs`.
   */
  toReadableStream(): ReadableStream<Uint8Array> {
    const { progress } = this.#parts.events;
    return encodeEvents(this[Symbol.asyncIterator](), progress, progress.expected);
  }

  protected override claim(): void {
    super.claim();
    this.#hasLoop = !this.#isFollowed;
  }

  protected override onNext(event?: T): void {
    if (event) this.#assembly.add(event);
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  readonly #feed: Feed = {
    advance: () => this.#advance(),
    check: (index) => {
      if (this.#parts.events.progress.samples[index]?.seen) return;
      throw this.#parts.call.fail(HumanloopError, 'invalid-request', `the stream had no sample ${index}`);
    },
    begin: () => {
      let reads = true;
      this.#followers++;
      return (left) => {
        if (!reads) return;
        reads = false;
        this.#followers--;
        this.#someoneLeft ||= left;
        // Nobody would end a stream whose reader has gone: the connection would stay open until a deadline.
        if (this.#someoneLeft && this.#followers === 0 && !this.#hasLoop) this.end(false);
      };
    },
  };

  /** Reads one event for those who follow the samples, or waits until the loop has; false at the end. */
  async #advance(): Promise<boolean> {
    const { stats } = this.#parts.call;
    const had = stats.events;
    // A loop that begins in the same breath goes first.
    await Promise.resolve();
    // What came in that breath is looked at before its end, which may have come as well.
    if (stats.events > had) return true;
    const { outcome } = this;
    if (outcome?.failure) throw outcome.failure;
    if (outcome && !outcome.completed) {
      throw this.#parts.call.fail(AbortError, 'aborted', 'the stream was left before its end');
    }
    if (outcome) return false;
    if (this.#hasLoop) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      return true;
    }
    if (!this.#isFollowed) {
      this.#isFollowed = true;
      this.claim();
    }
    await (this.#following ??= this.next().finally(() => (this.#following = undefined)));
    return true;
  }
}
