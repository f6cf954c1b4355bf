import { type SampleProgress, textOf } from './progress.ts';

/** One sample of a stream: an iterable of its text, and what is known of it so far. */
export class Sample<E> implements AsyncIterable<string> {
  readonly #progress: SampleProgress;
  readonly #toEntry: () => E;
  readonly #advance: () => Promise<boolean>;

  /** @param advance - lets the stream take one more event; false at its end. */
  constructor(progress: SampleProgress, toEntry: () => E, advance: () => Promise<boolean>) {
    this.#progress = progress;
    this.#toEntry = toEntry;
    this.#advance = advance;
  }

  get index(): number {
    return this.#progress.index;
  }

  /** The text so far. */
  get output(): string {
    return textOf(this.#progress);
  }

  /** `null` until the sample is finished. */
  get finish_reason(): string | null {
    return this.#progress.finish_reason;
  }

  /** The sample as far as it has come, as an entry of `data`: with the id of its log and its model config. */
  get current(): E {
    return this.#toEntry();
  }

  /** The model config that makes the sample; `undefined` before its first event. */
  get model_config_id(): string | undefined {
    return (this.current as { model_config_id?: string }).model_config_id;
  }

  /** Pieces of the text, until the sample is finished; other samples may go on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    let offset = 0;
    do {
      const piece = textSince(this.#progress, offset);
      offset += piece.length;
      if (piece) yield piece;
      // The last event may have brought text, too.
    } while (offset < this.#progress.length || (this.finish_reason === null && (await this.#advance())));
  }

  /** The whole sample, as the entry of `data` that it would have been in a JSON answer. */
  async final(): Promise<E> {
    while (this.finish_reason === null && (await this.#advance()));
    return this.current;
  }

  /** The whole text. */
  async finalText(): Promise<string> {
    await this.final();
    return this.output;
  }
}

/** What has come since the text was `offset` characters long, without joining all of it. */
function textSince({ settled, recent, length }: SampleProgress, offset: number): string {
  let missing = length - offset;
  let first = recent.length;
  while (missing > 0 && first > 0) missing -= recent[--first]?.length ?? 0;
  return (missing > 0 ? settled.slice(offset) : '') + recent.slice(first).join('');
}
