import type { Call } from './call.ts';
import { ConnectionError } from './errors.ts';
import { summarize } from './fetch-failure.ts';
import { misconfigured } from './options.ts';

export type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** A body of these bytes. A Blob's would be shorter, but jsdom has its own, which no Response knows. */
export function createBody(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  });
}

/** @throws {HumanloopError} code "configuration"; the runtime would only say that the body is locked. */
export function checkUnread({ body, bodyUsed }: Response): void {
  if (bodyUsed || body?.locked) {
    throw misconfigured(
      'the body has been read: `fetch` must give a new Response for each call, middleware read `response.clone()`',
    );
  }
}

/** Reads the body of an answer, which may have none. */
export function openBody(response: Response): Reader {
  checkUnread(response);
  return (response.body ?? createBody([])).getReader();
}

/** Taken now: a test that fakes its timers later would have the next call wait for ever. */
const nextTurn = globalThis.setImmediate ?? setTimeout;

/** How long the end of a body is waited for when all that counts has come, ms, and how much of it is read, bytes. */
export const DRAIN_MS = 25;
const DRAIN_BYTES = 65_536;

/** How long the rest of a body is read that no longer decides anything, but tells more of an error, ms. */
export const REST_MS = 2000;

/**
 * The next chunk, under the deadline for silence; `undefined` at the end.
 *
 * @throws {ConnectionError} code "lost"
 */
export async function readChunk(reader: Reader, call: Call): Promise<Uint8Array | undefined> {
  call.wait('idleMs');
  try {
    return (await reader.read()).value;
  } catch (cause) {
    throw call.fail(ConnectionError, 'lost', 'the connection was lost within the answer', {
      cause: summarize(cause, call.sent),
      retryable: call.idempotent,
    });
  } finally {
    call.wait();
  }
}

/** Gives a body up; what becomes of it is of no interest any more. */
export function cancel(body: Reader | Response['body'] | undefined): void {
  body?.cancel().catch(() => {});
}

/** Reads what comes of a body within limits. What happens to it is no error; gives whether it has ended. */
export async function readRest(
  reader: Reader,
  limitBytes: number,
  ms: number,
  onChunk: (chunk: Uint8Array) => void = () => {},
): Promise<boolean> {
  let isLate = false;
  // Cancelling ends a pending read. A process that was busy may find the timer due and the bytes there: those go first.
  const giveUp = (): void => {
    isLate = true;
    cancel(reader);
  };
  const timer = setTimeout(() => nextTurn(giveUp), ms);
  let size = 0;
  try {
    for (let chunk; size < limitBytes && (chunk = (await reader.read()).value); size += chunk.length) onChunk(chunk);
  } catch {
    // It broke off.
  }
  clearTimeout(timer);
  return size < limitBytes && !isLate;
}

/** Takes the rest of a body, so that its connection can be used again, or closes it where the body goes on. */
export async function drain(reader: Reader, call: Call): Promise<void> {
  if (!(await readRest(reader, DRAIN_BYTES, DRAIN_MS))) {
    cancel(reader);
    // A clone of the answer would hold it open.
    call.controller.abort();
  }
  // Node gives the socket back a turn after the body's end; a request sent before that opens another.
  await new Promise<void>((resolve) => nextTurn(resolve));
}
