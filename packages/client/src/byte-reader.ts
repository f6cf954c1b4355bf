import type { Call } from './call.ts';
import { ConnectionError } from './errors.ts';

/** How long the end of a body is waited for when all that counts has come, ms, and how much of it is read. */
const DRAIN_MS = 30;
const DRAIN_BYTES = 65_536;

/** Reads a body under the deadlines of its call, one chunk for each `read`: nothing is read ahead. */
export class ByteReader {
  /** Bytes read. */
  bytes = 0;
  readonly #call: Call;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #ended = false;
  #unread: Uint8Array[] = [];

  constructor(body: ReadableStream<Uint8Array> | null, call: Call) {
    this.#call = call;
    this.#reader = body?.getReader();
    call.controller.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /**
   * The next chunk, `undefined` at the end.
   *
   * @throws {ConnectionError} code "lost"
   * @throws {AbortError | TimeoutError} when the call was ended early
   */
  async read(): Promise<Uint8Array | undefined> {
    const call = this.#call;
    if (call.error) throw call.error;
    if (this.#unread.length > 0) return this.#unread.shift();
    if (this.#ended || !this.#reader) return undefined;
    let value: Uint8Array | undefined;
    call.beginWait();
    try {
      ({ value } = await this.#reader.read());
    } catch (cause) {
      this.#ended = true;
      const { label, phase, requestId } = call;
      throw (
        call.error ??
        new ConnectionError(`${label}: the connection was lost within the answer`, {
          code: 'lost',
          phase,
          requestId,
          cause,
        })
      );
    } finally {
      call.endWait();
    }
    // Cancelling ends a pending read as if the body had ended.
    if (call.error) throw call.error;
    if (value) this.bytes += value.length;
    else this.#ended = true;
    return value;
  }

  /** Puts chunks back, to be read first. */
  unread(chunks: readonly Uint8Array[]): void {
    this.#unread.push(...chunks);
  }

  /** Closes the connection, unless the body has ended. */
  async cancel(): Promise<void> {
    this.#call.controller.signal.removeEventListener('abort', this.#onAbort);
    if (this.#ended) return;
    this.#ended = true;
    // The body is of no interest any more, nor is what becomes of it.
    await this.#reader?.cancel().catch(() => {});
  }

  /** Reads the rest of the body within small bounds, so that the connection can be used again; then closes it. */
  async drain(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, DRAIN_MS)));
    await Promise.race([this.#readRest().catch(() => {}), limit]);
    clearTimeout(timer);
    await this.cancel();
  }

  async #readRest(): Promise<void> {
    const end = this.bytes + DRAIN_BYTES;
    while (this.bytes < end && (await this.read()));
  }

  #onAbort = (): void => void this.cancel();
}
