import { type Entry, type SampleState, toEntry } from './assembly.ts';

/** One sample of a stream: an iterable of its text, and what is known of it so far. */
export class Sample<E = Entry> implements AsyncIterable<string> {
  readonly #state: SampleState;
  readonly #advance: () => Promise<boolean>;

  /** @param advance - lets the stream take one more event; false at its end. */
  constructor(state: SampleState, advance: () => Promise<boolean>) {
    this.#state = state;
    this.#advance = advance;
  }

  get index(): number {
    return this.#state.index;
  }

  /** The text so far. */
  get output(): string {
    return this.#state.text.toString();
  }

  /** Id of the sample's log; `undefined` before its first event. */
  get id(): string | undefined {
    return (this.#state.entry['id'] as string | null | undefined) ?? undefined;
  }

  /** `null` until the sample is finished. */
  get finish_reason(): string | null {
    return this.#state.entry.finish_reason ?? null;
  }

  /** The model config that makes the sample; `undefined` before its first event. */
  get model_config_id(): string | undefined {
    return this.#state.entry.model_config_id ?? undefined;
  }

  /** Pieces of the text, until the sample is finished; other samples may go on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    const { text } = this.#state;
    let offset = 0;
    do {
      const piece = text.since(offset);
      offset = text.length;
      if (piece) yield piece;
    } while (text.length > offset || (!this.#state.finished && (await this.#advance())));
    // The last event may have brought text, too.
    if (text.length > offset) yield text.since(offset);
  }

  /** The whole sample, as the entry of `data` it would have been in a JSON answer. */
  async final(): Promise<E> {
    while (!this.#state.finished && (await this.#advance()));
    return toEntry(this.#state) as E;
  }

  /** The whole text. */
  async finalText(): Promise<string> {
    await this.final();
    return this.output;
  }
}
