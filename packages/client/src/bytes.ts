import type { Call } from './call.ts';
import { ConnectionError } from './errors.ts';
import { summarize } from './fetch-failure.ts';

export type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads the body of an answer, which may have none. */
export function openBody({ body }: Response): Reader {
  return (body ?? (new Blob([]).stream() as ReadableStream<Uint8Array>)).getReader();
}

/** How long the end of a body is waited for when all that counts has come, ms, and how much of it is read, bytes. */
const DRAIN_MS = 25;
const DRAIN_BYTES = 65_536;

/** How long the rest of a body is read that no longer decides anything, but tells more of an error, ms. */
export const REST_MS = 2000;

/**
 * The next chunk, under the deadline for silence; `undefined` at the end.
 *
 * @throws {ConnectionError} code "lost"
 */
export async function readChunk(reader: Reader | undefined, call: Call): Promise<Uint8Array | undefined> {
  call.wait('idleMs');
  try {
    return (await reader?.read())?.value;
  } catch (cause) {
    throw call.fail(ConnectionError, 'lost', 'the connection was lost within the answer', {
      cause: summarize(cause, call.sent),
    });
  } finally {
    call.wait();
  }
}

/** Gives a body up; what becomes of it is of no interest any more. */
export function cancel(reader: Reader | undefined): void {
  reader?.cancel().catch(() => {});
}

/** Reads what comes of a body within limits, then gives it up. What happens to it is no error. */
export async function readRest(reader: Reader | undefined, limitBytes: number, ms: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  // Cancelling ends a pending read. A process that was busy may find the timer due and the bytes there: those go first.
  const timer = setTimeout(() => nextTurn(() => cancel(reader)), ms);
  try {
    for (let size = 0, chunk; size < limitBytes && (chunk = (await reader?.read())?.value); size += chunk.length) {
      chunks.push(chunk);
    }
  } catch {
    // It broke off.
  }
  clearTimeout(timer);
  cancel(reader);
  return chunks;
}

/** Takes the rest of a body, so that its connection can be used again. */
export async function drain(reader: Reader | undefined): Promise<void> {
  await readRest(reader, DRAIN_BYTES, DRAIN_MS);
  // Node gives the socket back a turn after the body's end; a request sent before that opens another.
  await new Promise<void>(nextTurn);
}

function nextTurn(resolve: () => void): void {
  (globalThis.setImmediate ?? setTimeout)(resolve);
}
