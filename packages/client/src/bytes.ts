import type { Call } from './call.ts';
import { ConnectionError } from './errors.ts';

/** How long the end of a body is waited for when all that counts has come, ms, and how much of it is read. */
const DRAIN_MS = 50;
const DRAIN_BYTES = 65_536;

/** How long the rest of a body is read that no longer decides anything, but tells more of an error, ms. */
export const REST_MS = 2000;

/** The body of an answer, read under the deadlines of its call. */
export interface Bytes {
  /** Number of bytes read. */
  count: number;
  /**
   * The next chunk, `undefined` at the end. Nothing is read ahead.
   *
   * @throws {ConnectionError} code "lost"
   * @throws {AbortError | TimeoutError} when the call was ended early
   */
  read(): Promise<Uint8Array | undefined>;
  /** Puts chunks back, to be read first. */
  unread(chunks: Uint8Array[]): void;
  /** Closes the connection, unless the body has ended. */
  cancel(): void;
  /**
   * Reads the rest of the body within bounds, or until `isEnough`, and gives it up then, whether it has ended or not.
   *
   * @throws {AbortError | TimeoutError} when the call was ended early; nothing else
   */
  takeRest(limitBytes: number, ms: number, isEnough?: (chunk: Uint8Array) => boolean): Promise<Uint8Array[]>;
  /** Takes the rest within small bounds, so that the connection can be used again. Never rejects. */
  drain(): Promise<void>;
}

export function openBytes(body: ReadableStream<Uint8Array> | null, call: Call): Bytes {
  const reader = body?.getReader();
  let unread: Uint8Array[] = [];
  let ended = !reader;

  const onRead = ({ value }: { value?: Uint8Array | undefined }): Uint8Array | undefined => {
    call.wait();
    // Cancelling ends a pending read as if the body had ended.
    if (call.error) throw call.error;
    if (value) bytes.count += value.length;
    else ended = true;
    return value;
  };
  const onFail = (cause: unknown): never => {
    call.wait();
    ended = true;
    throw call.error ?? call.fail(ConnectionError, 'lost', 'the connection was lost within the answer', { cause });
  };

  const pull = (): Promise<Uint8Array | undefined> =>
    ended || !reader ? Promise.resolve(undefined) : reader.read().then(onRead, onFail);

  const bytes: Bytes = {
    count: 0,
    // Not an async function: with an event a chunk, each promise less is a tenth of the time.
    read() {
      if (call.error) return Promise.reject(call.error);
      if (unread.length > 0) return Promise.resolve(unread.shift());
      if (!ended) call.wait('idleMs');
      return pull();
    },
    unread(chunks) {
      unread = chunks;
    },
    cancel() {
      // The body is of no interest any more, nor is what becomes of it.
      if (!ended) reader?.cancel().catch(() => {});
      ended = true;
    },
    async takeRest(limitBytes, ms, isEnough) {
      const chunks: Uint8Array[] = [];
      const limit = bytes.count + limitBytes;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const readRest = async (): Promise<void> => {
        for (let chunk; bytes.count < limit && (chunk = await pull());) {
          chunks.push(chunk);
          if (isEnough?.(chunk)) return;
        }
      };
      // All that counts has come: what happens to the rest is no error.
      await Promise.race([
        readRest().catch(() => {}),
        new Promise((resolve) => (timer = setTimeout(() => nextTurn(resolve), ms))),
      ]);
      clearTimeout(timer);
      bytes.cancel();
      if (call.error) throw call.error;
      return chunks;
    },
    async drain() {
      await bytes.takeRest(DRAIN_BYTES, DRAIN_MS).catch(() => {});
      // Node gives the socket back a turn after the body's end; a request sent before that opens another.
      await new Promise(nextTurn);
    },
  };
  call.onStop = () => bytes.cancel();
  return bytes;
}

/** Lets the runtime handle what has arrived: a process that was busy may find the timer due and the bytes there. */
function nextTurn(resolve: (value: unknown) => void): void {
  (globalThis.setImmediate ?? setTimeout)(resolve);
}
