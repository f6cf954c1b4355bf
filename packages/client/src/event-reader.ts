import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { createApiError, isErrorBody, readDetail, readStatus } from './api-error.ts';
import type { Call } from './call.ts';
import { HumanloopError } from './errors.ts';
import { summarize } from './fetch-failure.ts';
import { parseJson } from './json.ts';
import type { CallSettings } from './options.ts';
import { addEvent, createProgress, type Envelope, partialOf, type Progress } from './progress.ts';
import { StreamError, type StreamErrorCode } from './stream-error.ts';
import { createWrongBodyError, isPageOrJson, LONGEST_HEAD } from './wrong-body.ts';

/** 64 MiB: an event repeats the whole envelope, which may hold images. */
const MAX_EVENT_BYTES = 67_108_864;
/** `data: ` and the end of the line belong to what the parser counts, but not to the event. */
const LINE_OVERHEAD = 8;

export interface EventReaderOptions extends Readonly<Pick<CallSettings, 'maxEventBytes' | 'onIncomplete'>> {
  /** Number of samples that must finish; default what the events say, else 1. */
  readonly num_samples?: number | null | undefined;
}

/** Bytes → events → JSON → did every sample finish? It reads nothing itself: chunks are put in, events taken out. */
export interface EventReader<T> {
  readonly progress: Progress;
  /** The beginning of the body, while no event has come of it: a page or JSON shows there. */
  readonly head: string;
  add(chunk: Uint8Array): void;
  /** Called at the end of the body; gives the error where it came too early. `cause` says that the connection was lost. */
  end(cause?: unknown): HumanloopError | undefined;
  /** The next event, if it is here already. */
  take(): T | undefined;
}

/**
 * @param response - what the events come from, where it is known, for the error of a body that holds none.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createEventReader<T>(
  call: Call,
  { num_samples, maxEventBytes = MAX_EVENT_BYTES, onIncomplete }: EventReaderOptions,
  response?: Response,
): EventReader<T> {
  const { stats } = call;
  const progress = createProgress(num_samples || undefined);
  call.progress = () => ({ eventsRead: stats.events, partial: partialOf(progress) });
  // The parser takes the one leading BOM that the standard allows.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Messages that have come; one that was taken leaves a gap, because it may be large. */
  let queue: (EventSourceMessage | undefined)[] = [];
  let next = 0;
  let endsLine = true;
  let head = '';
  let overflow = false;
  const parser = createParser({
    maxBufferSize: maxEventBytes + LINE_OVERHEAD,
    onEvent: (event) => queue.push(event),
    onError: ({ type }) => (overflow ||= type === 'max-buffer-size-exceeded'),
  });

  const fail = (code: StreamErrorCode, message: string, fields?: object): StreamError =>
    call.fail(StreamError, code, message, fields);

  const failOnLength = (): StreamError =>
    fail('too-large', `event ${stats.events + 1} is longer than ${maxEventBytes} bytes (maxEventBytes)`);

  function failOnErrorEvent(value: unknown): StreamError {
    const detail = readDetail(value);
    return fail('error-event', 'the server reported an error in the stream', { status: readStatus(detail), detail });
  }

  function feed(text: string): void {
    if (stats.events === 0 && head.length < LONGEST_HEAD) head += head ? text : text.replace('\uFEFF', '');
    if (text) endsLine = text.endsWith('\n') || text.endsWith('\r');
    if (!overflow) parser.feed(text);
  }

  /** Whether bytes of an unfinished event are left: a line that has not ended, or lines without a blank one. */
  function isPending(): boolean {
    feed(decoder.decode());
    if (!endsLine) return true;
    parser.feed('data:\n\n');
    const message = queue.pop();
    // Without one, the event had just become too long.
    return !message || message.id !== undefined || Boolean(message.event || message.data);
  }

  /** Whether there is anything to give in what is no piece. */
  function isEvent(name: string, data: string, value: unknown): value is Envelope {
    if (name === 'error' || isErrorBody(value)) throw failOnErrorEvent(value ?? data);
    const text = data.trim();
    if (text === '[DONE]') progress.complete = true;
    if (progress.complete || !text) return false;
    if (Array.isArray(Object(value).data)) return true;
    // What later servers send beside the answer is not ours to judge, unless it is an object that broke off.
    if (name !== 'message' && (value !== undefined || !text.startsWith('{'))) return false;
    if (typeof value === 'object' && value && !Array.isArray(value)) return true;
    throw fail('malformed', `event ${stats.events + 1} is not a JSON object (${data.length} characters)`);
  }

  function isTooLong(data: string): boolean {
    // Three bytes at most stand for one UTF-16 unit: counting is rare.
    return data.length * 3 > maxEventBytes && new TextEncoder().encode(data).length > maxEventBytes;
  }

  return {
    progress,
    get head() {
      return head;
    },
    add(chunk) {
      // The decoder's own error would quote a text.
      if (typeof chunk === 'string') throw call.fail(HumanloopError, 'invalid-request', 'the body is text, not bytes');
      stats.bytes += chunk.byteLength;
      feed(decoder.decode(chunk, { stream: true }));
    },
    end(cause) {
      const pending = isPending();
      if (cause) {
        return fail('disconnected', 'the connection was lost within the stream', {
          cause: summarize(cause, call.sent),
          pending,
        });
      }
      const body = parseJson(head);
      if (response && !response.ok) return createApiError(call, response, body ?? head);
      if (!response && isErrorBody(body)) return failOnErrorEvent(body);
      if (isPageOrJson(head)) return createWrongBodyError(response, call, head);
      if (onIncomplete === 'end' && !pending) return undefined;
      const { finished, expected = 1 } = progress;
      return fail(
        'truncated',
        `the stream ended after ${stats.events} events, with ${finished} of ${expected} samples finished`,
        { pending },
      );
    },
    take() {
      // An abort takes effect at once, whatever is still in the queue.
      if (call.error) throw call.error;
      while (next < queue.length && !progress.complete) {
        const { event: name = 'message', data } = queue[next] as EventSourceMessage;
        queue[next++] = undefined;
        if (isTooLong(data)) throw failOnLength();
        const value = parseJson(data) as Envelope & T;
        // A piece of the answer, as nearly all are, is not looked at any further.
        const isPiece = Array.isArray(value?.data) && !value.error && name === 'message';
        if (!isPiece && !isEvent(name, data, value)) continue;
        stats.events++;
        head = '';
        addEvent(progress, value);
        return value;
      }
      queue = [];
      next = 0;
      if (overflow) throw failOnLength();
      return undefined;
    },
  };
}
