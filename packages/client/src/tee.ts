import { Assembly, type Envelope } from './assembly.ts';
import { Call } from './call.ts';
import type { Source } from './event-reader.ts';

/** Splits a stream into two sources. Whichever of them is ahead reads on; the other holds what it has not read yet. */
export function tee<T>(
  iterator: AsyncIterator<T, undefined>,
  { label, requestId }: Call,
  samples: number | undefined,
): { source: Source<T>; call: Call }[] {
  let pulling: Promise<void> | undefined;
  const pull = (): Promise<void> => (pulling ??= pullOne().finally(() => (pulling = undefined)));
  const pullOne = async (): Promise<void> => {
    const { done, value } = await iterator.next();
    for (const { source } of branches) {
      if (done) source.ended = true;
      else source.add(value);
    }
  };
  const close = async (): Promise<void> => {
    if (branches.every(({ source }) => source.closed)) await iterator.return?.();
  };
  const branches = [0, 1].map(() => {
    const call = new Call(label, { headersMs: 0, idleMs: 0, totalMs: 0 });
    call.requestId = requestId;
    call.phase = 'stream';
    return { source: new Branch<T>(call, new Assembly(samples), pull, close), call };
  });
  return branches;
}

class Branch<T> implements Source<T> {
  readonly assembly: Assembly;
  closed = false;
  ended = false;
  readonly #call: Call;
  readonly #pull: () => Promise<void>;
  readonly #onClose: () => Promise<void>;
  #queue: T[] = [];
  #next = 0;

  constructor(call: Call, assembly: Assembly, pull: () => Promise<void>, onClose: () => Promise<void>) {
    this.#call = call;
    this.assembly = assembly;
    this.#pull = pull;
    this.#onClose = onClose;
  }

  add(event: T): void {
    if (!this.closed) this.#queue.push(event);
  }

  read(): T | undefined | Promise<T | undefined> {
    if (this.#call.error) throw this.#call.error;
    const event = this.#queue[this.#next++];
    if (event !== undefined) {
      this.assembly.add(event as Envelope);
      return event;
    }
    this.#queue = [];
    this.#next = 0;
    return this.ended ? undefined : this.#call.race(this.#pull()).then(() => this.read());
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#queue = [];
    await this.#onClose();
  }
}
