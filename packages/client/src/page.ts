import { type ApiPromise, createApiPromise } from './api-promise.ts';
import type { Answer } from './core.ts';
import { HumanloopError } from './errors.ts';

/** What a list answers. */
export interface PageBody<R> {
  readonly records: readonly R[];
  readonly page: number;
  readonly size: number;
  /** Number of the records on all pages. */
  readonly total: number;
}

/** One page of a list; iterating it gives its records and those of all pages after it. */
export class Page<R> implements PageBody<R>, AsyncIterable<R> {
  /** Those of this page. */
  readonly records: R[];
  /** Its number, from the first one's, which is 0 or 1. */
  readonly page: number;
  /** How many records a page may have. */
  readonly size: number;
  /** Number of the records on all pages. */
  readonly total: number;
  readonly #firstPage: number;
  /** Its records are the reader's, who may take them out. */
  readonly #received: readonly R[];
  readonly #load: (page: number) => PagePromise<R>;

  /**
   * @param number - the page that was asked for, where one was.
   * @param load - gets another page.
   */
  constructor(
    body: PageBody<R>,
    number: number | undefined,
    firstPage: number,
    load: (page: number) => PagePromise<R>,
  ) {
    this.#received = body.records ?? [];
    this.records = [...this.#received];
    // What we asked for counts: a server that repeats a number would have us ask for ever.
    this.page = number ?? firstPage;
    this.size = body.size ?? this.records.length;
    this.total = body.total;
    this.#firstPage = firstPage;
    this.#load = load;
  }

  /** Whether records are left. A page without records is the last, whatever the server's `total` says. */
  hasNextPage(): boolean {
    const pages = this.page - this.#firstPage + 1;
    // Without a true total, only a page without records tells.
    return this.#received.length > 0 && !(this.total > 0 && pages * this.size >= this.total);
  }

  /**
   * The next page; `undefined` after the last.
   *
   * @throws {HumanloopError} code "not-a-page", when it has the same records: there would be no end
   */
  async getNextPage(): Promise<Page<R> | undefined> {
    if (!this.hasNextPage()) return undefined;
    const next = await this.#load(this.page + 1);
    if (JSON.stringify(next.#received) !== JSON.stringify(this.#received)) return next;
    throw new HumanloopError(`pages ${this.page} and ${next.page} are the same; does the server ignore \`page\`?`, {
      code: 'not-a-page',
    });
  }

  /** Pages one by one, from this one on. */
  async *iterPages(): AsyncGenerator<Page<R>, void, undefined> {
    yield this;
    for (let page = await this.getNextPage(); page; page = await page.getNextPage()) yield page;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    for await (const page of this.iterPages()) yield* page.records;
  }
}

/** A promise of a page, which can be iterated at once: `for await (const log of humanloop.logs.list(…))`. */
export interface PagePromise<R> extends ApiPromise<Page<R>>, AsyncIterable<R> {}

export function createPagePromise<R>(answer: Promise<Answer<Page<R>>>): PagePromise<R> {
  const promise = createApiPromise(answer);
  return Object.assign(promise, {
    async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
      yield* await promise;
    },
  });
}
