import type { Call } from './call.ts';
import { ConnectionError } from './errors.ts';

/** How long the end of a body is waited for when all that counts has come, ms, and how much of it is read. */
const DRAIN_MS = 50;
const DRAIN_BYTES = 65_536;

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
  /** Reads the rest of the body within small bounds, so that the connection can be used again; then closes it. */
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

  const bytes: Bytes = {
    count: 0,
    // Not an async function: with an event a chunk, each promise less is a tenth of the time.
    read() {
      if (call.error) return Promise.reject(call.error);
      if (unread.length > 0) return Promise.resolve(unread.shift());
      if (ended || !reader) return Promise.resolve(undefined);
      call.wait('idleMs');
      return reader.read().then(onRead, onFail);
    },
    unread(chunks) {
      unread = chunks;
    },
    cancel() {
      // The body is of no interest any more, nor is what becomes of it.
      if (!ended) reader?.cancel().catch(() => {});
      ended = true;
    },
    async drain() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const readRest = async (): Promise<void> => {
        const limit = bytes.count + DRAIN_BYTES;
        while (bytes.count < limit && (await bytes.read()));
      };
      // All that counts has come: what happens to the rest is no error.
      await Promise.race([
        readRest().catch(() => {}),
        new Promise((resolve) => (timer = setTimeout(() => nextTurn(resolve), DRAIN_MS))),
      ]);
      clearTimeout(timer);
      bytes.cancel();
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
