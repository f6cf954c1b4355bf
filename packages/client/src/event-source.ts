import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { isErrorBody, readDetail, readStatus } from './api-error.ts';
import type { Bytes } from './bytes.ts';
import type { Call } from './call.ts';
import { ConnectionError, type ErrorFields } from './errors.ts';
import { parseJson } from './json.ts';
import { addEvent, type Envelope, partialOf, type Progress } from './progress.ts';
import { StreamError, type StreamErrorCode } from './stream-error.ts';

/** 64 MiB: an event repeats the whole envelope, which may hold images. */
const MAX_EVENT_BYTES = 67_108_864;
/** Larger chunks are taken in pieces, so that an event over the limit is noticed before all of it is held. */
const PIECE_BYTES = 65_536;
/** `data: ` belongs to what the parser counts, but not to the event. */
const FIELD_NAME_LENGTH = 8;

export interface EventSourceOptions {
  readonly maxEventBytes?: number | undefined;
  readonly onIncomplete?: 'error' | 'end' | undefined;
}

/** Where a stream takes its events from. */
export interface EventSource<T> {
  readonly progress: Progress;
  /** The next event, if it is here already. */
  take(): T | undefined;
  /** Waits for the next event and hands it to `deliver`, `undefined` at the end; or an error to `fail`. Never at once. */
  read<R>(deliver: (event: T | undefined) => R, fail: (error: unknown) => Promise<R>): Promise<R>;
  /** Leaves the stream. Kept when its connection is free or closed. */
  close(): Promise<void>;
}

/**
 * Bytes → events → JSON → did every sample finish?
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createEventSource<T>(
  bytes: Bytes,
  call: Call,
  progress: Progress,
  { maxEventBytes = MAX_EVENT_BYTES, onIncomplete }: EventSourceOptions,
): EventSource<T> {
  // The parser takes the one leading BOM that the standard allows.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let queue: EventSourceMessage[] = [];
  let next = 0;
  let rest: Uint8Array | undefined;
  let tail = '';
  let overflow = false;
  let ended = false;
  const parser = createParser({
    maxBufferSize: maxEventBytes + FIELD_NAME_LENGTH,
    onEvent: (event) => queue.push(event),
    onError: ({ type }) => (overflow ||= type === 'max-buffer-size-exceeded'),
  });

  function createError(
    code: StreamErrorCode,
    message: string,
    details?: object,
    fields?: Partial<ErrorFields>,
  ): StreamError {
    return call.fail(StreamError, code, message, fields, {
      eventsRead: progress.events,
      partial: partialOf(progress),
      pending: false,
      ...details,
    });
  }

  function failOnEvent(code: StreamErrorCode, what: string): StreamError {
    return createError(code, `event ${progress.events + 1} is ${what}`);
  }

  function failOnErrorEvent(value: unknown): StreamError {
    const detail = readDetail(value);
    return createError(
      'error-event',
      'the server reported an error in the stream',
      { detail },
      { status: readStatus(detail) },
    );
  }

  /** Whether something stands behind the last blank line. */
  function isPending(): boolean {
    const end = tail + decoder.decode();
    return end !== '' && !/(\n|\r(?!\n))(\r\n|\n|\r)$/.test(end);
  }

  function take(): T | undefined {
    // An abort takes effect at once, whatever is still in the queue.
    if (call.error) throw call.error;
    while (next < queue.length && !progress.complete) {
      const message = queue[next++] as EventSourceMessage;
      const { data } = message;
      // Three bytes at most stand for one UTF-16 unit, so most events need no counting.
      if (data.length * 3 > maxEventBytes && new TextEncoder().encode(data).length > maxEventBytes) {
        overflow = true;
        break;
      }
      const value = parseJson(data) as (Envelope & T) | undefined;
      const isPlain = Array.isArray(value?.data) && !value['error'] && message.event !== 'error';
      if (!isPlain && !isWorthy(message, value)) continue;
      addEvent(progress, value as Envelope);
      return value;
    }
    queue = [];
    next = 0;
    if (overflow) throw failOnEvent('too-large', `longer than ${maxEventBytes} bytes (maxEventBytes)`);
    return undefined;
  }

  /** Judges what is no plain envelope: whether it is an event that the caller should see. */
  function isWorthy({ event: name = 'message', data }: EventSourceMessage, value: unknown): boolean {
    if (name === 'error') throw failOnErrorEvent(value ?? data);
    // A heartbeat.
    if (data === '') return false;
    if (data.trim() === '[DONE]') progress.complete = true;
    // Later servers may send events of other names, which are not ours to judge.
    if (progress.complete || (name !== 'message' && !Array.isArray(Object(value).data))) return false;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw failOnEvent('malformed', `not a JSON object (${data.length} characters)`);
    }
    if (isErrorBody(value)) throw failOnErrorEvent(value);
    return true;
  }

  async function read<R>(deliver: (event: T | undefined) => R, fail: (error: unknown) => Promise<R>): Promise<R> {
    try {
      // Whoever asks keeps this promise before it is delivered to: what is known already waits for that.
      if (ended || progress.complete) await Promise.resolve();
      while (!ended) {
        if (progress.complete) break;
        const chunk = await (rest ?? bytes.read());
        if (!chunk) {
          // Leaving ends a pending read as if the body had ended.
          if (!ended) finish();
          break;
        }
        const piece = chunk.length > PIECE_BYTES ? chunk.subarray(0, PIECE_BYTES) : chunk;
        rest = piece === chunk ? undefined : chunk.subarray(PIECE_BYTES);
        const text = decoder.decode(piece, { stream: true });
        tail = (text.length < 4 ? tail + text : text).slice(-4);
        parser.feed(text);
        const event = take();
        if (event !== undefined) return deliver(event);
      }
      return deliver(undefined);
    } catch (error) {
      return fail(error instanceof ConnectionError ? failOnConnection(error) : error);
    }
  }

  function failOnConnection({ cause }: ConnectionError): StreamError {
    return createError(
      'disconnected',
      'the connection was lost within the stream',
      { pending: isPending() },
      { cause },
    );
  }

  /** The body has ended: proof, or error. */
  function finish(): void {
    ended = true;
    const pending = isPending();
    if (onIncomplete === 'end' && !pending) return;
    const { finished, expected = 1, events } = progress;
    throw createError(
      'truncated',
      `the stream ended after ${events} events, with ${finished} of ${expected} samples finished`,
      { pending },
    );
  }

  async function close(): Promise<void> {
    if (ended) return;
    ended = true;
    if (progress.complete) await bytes.drain();
    else bytes.cancel();
  }

  return { progress, take: () => (ended ? undefined : take()), read, close };
}
