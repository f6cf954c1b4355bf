import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import { isErrorBody, readDetail, readStatus } from './api-error.ts';
import type { Assembly, Envelope } from './assembly.ts';
import type { ByteReader } from './byte-reader.ts';
import type { Call } from './call.ts';
import { ConnectionError } from './errors.ts';
import { StreamError, type StreamErrorCode, type StreamErrorDetails } from './stream-error.ts';

/** 64 MiB: an event repeats the whole envelope, which may hold images. */
const MAX_EVENT_BYTES = 67_108_864;
/** Larger chunks are taken in pieces, so that an event over the limit is noticed before all of it is held. */
const PIECE_BYTES = 65_536;
/** `data: ` belongs to what the parser counts, but not to the event. */
const FIELD_NAME_LENGTH = 8;

export interface EventReaderOptions {
  readonly maxEventBytes?: number | undefined;
  readonly onIncomplete?: 'error' | 'end' | undefined;
}

/** Where an event stream takes its events from. */
export interface Source<T> {
  readonly assembly: Assembly;
  /** The next event, at once when it is here already; `undefined` at the end. */
  read(): T | undefined | Promise<T | undefined>;
  /** Leaves the stream. */
  close(): Promise<void>;
}

/**
 * Bytes → events → JSON → did every sample finish?
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventReader<T> implements Source<T> {
  readonly assembly: Assembly;
  readonly #bytes: ByteReader;
  readonly #call: Call;
  readonly #endsWithoutProof: boolean;
  readonly #maxEventBytes: number;
  readonly #parser: EventSourceParser;
  // The parser takes the one leading BOM that the standard allows.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #queue: EventSourceMessage[] = [];
  #next = 0;
  #rest: Uint8Array | undefined;
  #tail = '';
  #tooLarge = false;
  #ended = false;

  constructor(bytes: ByteReader, call: Call, assembly: Assembly, options: EventReaderOptions) {
    this.#bytes = bytes;
    this.#call = call;
    this.assembly = assembly;
    this.#endsWithoutProof = options.onIncomplete === 'end';
    this.#maxEventBytes = options.maxEventBytes ?? MAX_EVENT_BYTES;
    this.#parser = createParser({
      maxBufferSize: this.#maxEventBytes + FIELD_NAME_LENGTH,
      onEvent: (event) => void this.#queue.push(event),
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#tooLarge = true;
      },
    });
  }

  read(): T | undefined | Promise<T | undefined> {
    // An abort takes effect at once, whatever is still in the queue.
    if (this.#call.error) throw this.#call.error;
    return this.#take() ?? this.#readMore();
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue = [];
    await (this.assembly.isComplete ? this.#bytes.drain() : this.#bytes.cancel());
  }

  async #readMore(): Promise<T | undefined> {
    for (;;) {
      if (this.#ended) return undefined;
      if (this.assembly.isComplete) {
        await this.close();
        return undefined;
      }
      if (this.#tooLarge) throw this.#tooLargeError();
      const chunk = this.#rest ?? (await this.#readChunk());
      if (!chunk) {
        this.#finish();
        return undefined;
      }
      this.#feed(chunk);
      const event = this.#take();
      if (event !== undefined) return event;
    }
  }

  async #readChunk(): Promise<Uint8Array | undefined> {
    try {
      return await this.#bytes.read();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      throw this.#fail(
        'disconnected',
        'the connection was lost within the stream',
        { pending: this.#isPending },
        error.cause,
      );
    }
  }

  #feed(chunk: Uint8Array): void {
    const piece = chunk.length > PIECE_BYTES ? chunk.subarray(0, PIECE_BYTES) : chunk;
    this.#rest = piece === chunk ? undefined : chunk.subarray(PIECE_BYTES);
    const text = this.#decoder.decode(piece, { stream: true });
    this.#tail = text.length < 4 ? (this.#tail + text).slice(-4) : text.slice(-4);
    this.#parser.feed(text);
  }

  /** The next event that is here. */
  #take(): T | undefined {
    while (this.#next < this.#queue.length && !this.assembly.isComplete) {
      const { event: name, data } = this.#queue[this.#next++] as EventSourceMessage;
      // Three bytes at most stand for one UTF-16 unit, so most events need no counting.
      if (data.length * 3 > this.#maxEventBytes && new TextEncoder().encode(data).length > this.#maxEventBytes) {
        throw this.#tooLargeError();
      }
      if (name === 'error') throw this.#errorEvent(parseJson(data) ?? data);
      if (data === '') continue;
      if (data[0] !== '{' && data.trim() === '[DONE]') {
        this.assembly.done = true;
        break;
      }
      const value = parseJson(data) as (Envelope & T) | undefined;
      // Later servers may send events of other names, which are not ours to judge.
      if (name !== undefined && name !== 'message' && !Array.isArray(value?.data)) continue;
      if (!isObject(value))
        throw this.#fail(
          'malformed',
          `event ${this.assembly.events + 1} is not a JSON object (${data.length} characters)`,
        );
      if (isErrorBody(value)) throw this.#errorEvent(value);
      this.assembly.add(value);
      return value;
    }
    this.#queue = [];
    this.#next = 0;
    return undefined;
  }

  /** The body has ended: proof or error. */
  #finish(): void {
    this.#ended = true;
    const pending = this.#isPending;
    const { assembly } = this;
    if (this.#endsWithoutProof && !pending) return;
    const done = assembly.samples.filter(({ finished }) => finished).length;
    throw this.#fail(
      'truncated',
      `the stream ended with ${done} of ${assembly.expected ?? 1} samples finished, after ${assembly.events} events`,
      { pending },
    );
  }

  /** Whether something stands behind the last blank line. */
  get #isPending(): boolean {
    const tail = this.#tail + this.#decoder.decode();
    return tail !== '' && !/(?:\n|\r(?!\n))(?:\r\n|\n|\r)$/.test(tail);
  }

  #errorEvent(value: unknown): StreamError {
    const detail = readDetail(value);
    return this.#fail(
      'error-event',
      'the server reported an error in the stream',
      { detail },
      undefined,
      readStatus(detail),
    );
  }

  #tooLargeError(): StreamError {
    return this.#fail(
      'too-large',
      `event ${this.assembly.events + 1} is longer than ${this.#maxEventBytes} bytes (maxEventBytes)`,
    );
  }

  #fail(
    code: StreamErrorCode,
    message: string,
    details: StreamErrorDetails = {},
    cause?: unknown,
    status?: number,
  ): StreamError {
    const { events, partial } = this.assembly;
    const { label, requestId } = this.#call;
    return new StreamError(
      `${label}: ${message}`,
      { code, requestId, cause, status },
      { eventsRead: events, partial, ...details },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the text, which is not to be printed.
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
