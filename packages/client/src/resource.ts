import type { ProviderApiKeys } from '@humanloop-v4/types';
import { type ApiPromise, createApiPromise, type StreamPromise } from './api-promise.ts';
import type { Answer, Core, Init } from './core.ts';
import { HumanloopError } from './errors.ts';
import { EventStream } from './event-stream.ts';
import type { Operation } from './operation.ts';
import { type CallOptions, pairsOf } from './options.ts';
import { createPagePromise, Page, type PageBody, type PagePromise } from './page.ts';
import { overlay } from './overlay.ts';
import { createInit } from './request-init.ts';

export type { ApiPromise, CallOptions, PagePromise, StreamPromise };

export type ResourceClass<R> = new (core: Core, providerApiKeys: ProviderApiKeys | undefined) => R;

/** The operations of one resource; the generated classes derive from it. */
export abstract class Resource {
  readonly #core: Core;
  readonly #providerApiKeys: ProviderApiKeys | undefined;

  constructor(core: Core, providerApiKeys: ProviderApiKeys | undefined) {
    this.#core = core;
    this.#providerApiKeys = providerApiKeys;
  }

  protected call<T>(operation: Operation, request?: object, options?: CallOptions): ApiPromise<T> {
    return createApiPromise(this.#request<T>(operation, request, options));
  }

  protected page<R>(operation: Operation, request?: { page?: number }, options?: CallOptions): PagePromise<R> {
    const load = async (): Promise<Answer<Page<R>>> => {
      // Each page is a request of its own, and an iterator of headers can be read once.
      const own: CallOptions = { ...options, headers: pairsOf(options?.headers) };
      const answer = await this.#request<PageBody<R>>(operation, request, own);
      const body = Object(answer.data) as PageBody<R>;
      if (answer.data !== undefined && !Array.isArray(body.records)) {
        const { method, path } = operation;
        throw new HumanloopError(`${method} ${path}: the answer has no \`records\`; is the base URL right?`, {
          code: 'not-a-page',
          status: answer.response.status,
          requestId: answer.requestId,
        });
      }
      const idempotencyKey = options?.idempotencyKey && true;
      const { firstPage = 0 } = operation;
      const first = request?.page === undefined ? (body.page ?? firstPage) : firstPage;
      const next = (page: number): PagePromise<R> =>
        this.page({ ...operation, firstPage: first }, { ...request, page }, { ...own, idempotencyKey });
      return { ...answer, data: new Page(body, request?.page, first, next) };
    };
    return createPagePromise(load());
  }

  protected stream<T>(operation: Operation, request: object, options?: CallOptions): StreamPromise<T> {
    const open = async (): Promise<Answer<EventStream<T>>> =>
      this.#core.stream<T, EventStream<T>>(
        EventStream<T>,
        operation.path,
        this.#createInit(operation, request, options),
      );
    return createApiPromise(open());
  }

  // Async, so that what is wrong with a request rejects the promise instead of throwing.
  async #request<T>(operation: Operation, request?: object, options?: CallOptions): Promise<Answer<T>> {
    const init = this.#createInit(operation, request, options);
    return this.#core.request<T>(operation.method, operation.path, init);
  }

  #createInit(operation: Operation, request?: object, options?: CallOptions): Init {
    const init = createInit(operation, request);
    // Its own names win over the client's, one by one.
    if (operation.providerApiKeys && this.#providerApiKeys) {
      const body = init.body as { provider_api_keys?: ProviderApiKeys };
      init.body = { ...body, provider_api_keys: overlay(this.#providerApiKeys, body.provider_api_keys) };
    }
    return { ...options, ...init };
  }
}
