import { leaveAtOnce } from './leave-at-once.ts';
import { markHandled } from './mark-handled.ts';
import { type SampleProgress, textOf } from './progress.ts';

/** How a sample is fed. */
export interface Feed {
  /** Lets the stream take one more event; false at its end. */
  advance(): Promise<boolean>;
  /** @throws {HumanloopError} code "invalid-request", when there was no such sample */
  check(index: number): void;
  /** Told when somebody begins to read; what it gives is told when they stop, whether because they left. */
  begin(): (left: boolean) => void;
}

/** One loop over a sample. */
interface Visit {
  end: (left: boolean) => void;
  left: boolean;
}

/** The word for the end of a sample, as its entry in `data` types it. */
type FinishReasonOf<E> = E extends { finish_reason?: infer F } ? Exclude<F, undefined> | null : string | null;

/** One sample of a stream: an iterable of its text, and what is known of it so far. */
export class Sample<E> implements AsyncIterable<string> {
  readonly #progress: SampleProgress;
  readonly #toEntry: () => E;
  readonly #feed: Feed;

  constructor(progress: SampleProgress, toEntry: () => E, feed: Feed) {
    this.#progress = progress;
    this.#toEntry = toEntry;
    this.#feed = feed;
  }

  get index(): number {
    return this.#progress.index;
  }

  /** The text so far. */
  get output(): string {
    return textOf(this.#progress);
  }

  /** `null` until the sample is finished. */
  get finish_reason(): FinishReasonOf<E> {
    return this.#progress.finish_reason as FinishReasonOf<E>;
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
  [Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    // Whoever leaves before the first piece has been here, too.
    const visit: Visit = { end: (left) => this.#feed.begin()(left), left: false };
    return leaveAtOnce(this.#read(visit), () => {
      visit.left = true;
      visit.end(true);
    });
  }

  async *#read(visit: Visit): AsyncGenerator<string, void, undefined> {
    let offset = 0;
    visit.end = this.#feed.begin();
    try {
      do {
        const piece = textSince(this.#progress, offset);
        offset += piece.length;
        if (piece) yield piece;
        // The last event may have brought text, too.
      } while (offset < this.#progress.length || (await this.#isToCome()));
      this.#feed.check(this.index);
    } catch (error) {
      if (!visit.left) throw error;
    } finally {
      visit.end(false);
    }
  }

  /** The whole sample, as the entry of `data` that it would have been in a JSON answer. */
  final(): Promise<E> {
    return markHandled(this.#readAll());
  }

  /** The whole text. */
  finalText(): Promise<string> {
    return markHandled(this.#readAll().then(() => this.output));
  }

  async #readAll(): Promise<E> {
    const end = this.#feed.begin();
    try {
      while (await this.#isToCome());
      this.#feed.check(this.index);
    } finally {
      end(false);
    }
    return this.current;
  }

  /** Takes one more event unless the sample is finished; false when nothing more is to come. */
  async #isToCome(): Promise<boolean> {
    return this.finish_reason === null && (await this.#feed.advance());
  }
}

/** What has come since the text was `offset` characters long, without joining all of it. */
function textSince({ settled, recent, length }: SampleProgress, offset: number): string {
  let missing = length - offset;
  let first = recent.length;
  while (missing > 0 && first > 0) missing -= recent[--first]?.length ?? 0;
  return (missing > 0 ? settled.slice(offset) : '') + recent.slice(first).join('');
}
