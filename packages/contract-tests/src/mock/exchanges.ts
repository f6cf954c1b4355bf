import type { Plan } from './plan.ts';

/** One request and what became of it. */
export interface Exchange {
  /** As sent in `X-Request-ID`. */
  requestId: string;
  method: string;
  /** As asked for, with the base path and the query. */
  url: string;
  /** Null when the request named no operation of the document. */
  operationId: string | null;
  /** Names in small letters. The API key is never kept. */
  requestHeaders: Record<string, string>;
  /** The parsed JSON; undefined without a body, or when it is not JSON. */
  requestBody: unknown;
  plan: Plan;
  status: number;
  mediaType: string | null;
  /** Name of the document's example that was sent, if one was. */
  example: string | null;
  /** Events written in full. */
  events: number;
  /**
   * How it ended. `finished`: all was written. `cut`: broken off on purpose. `client left`: the client closed the
   * connection before that. `open`: not ended yet.
   */
  outcome: 'open' | 'finished' | 'cut' | 'client left';
}

/** What happened, newest last. Only the last 1,000 are kept, so that a mock can run for days. */
export class Exchanges {
  readonly #list: Exchange[] = [];
  readonly #waiting = new Map<string, ((exchange: Exchange) => void)[]>();
  readonly #onEnd: ((exchange: Exchange) => void) | undefined;

  constructor(onEnd?: (exchange: Exchange) => void) {
    this.#onEnd = onEnd;
  }

  get list(): readonly Exchange[] {
    return this.#list;
  }

  add(exchange: Exchange): void {
    this.#list.push(exchange);
    if (this.#list.length > 1_000) this.#list.shift();
  }

  end(exchange: Exchange, outcome: Exclude<Exchange['outcome'], 'open'>): void {
    if (exchange.outcome !== 'open') return;
    exchange.outcome = outcome;
    for (const resolve of this.#waiting.get(exchange.requestId) ?? []) resolve(exchange);
    this.#waiting.delete(exchange.requestId);
    this.#onEnd?.(exchange);
  }

  /** Resolves when the exchange has ended; rejects when there was none of that id. */
  async ended(requestId: string): Promise<Exchange> {
    const exchange = this.#list.find((one) => one.requestId === requestId);
    if (!exchange) throw new Error(`No exchange has the id ${requestId}.`);
    if (exchange.outcome !== 'open') return exchange;
    return new Promise((resolve) => {
      this.#waiting.set(requestId, [...(this.#waiting.get(requestId) ?? []), resolve]);
    });
  }
}
