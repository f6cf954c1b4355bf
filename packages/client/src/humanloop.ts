import type { ProviderApiKeys } from '@humanloop-v4/types';
import type { Middleware } from 'openapi-fetch';
import { type Core, createCore } from './core.ts';
import { Resources } from './generated/resources.ts';
import { createLogObserver, type Logger, type LogLevel } from './logger.ts';
import { type Observer, tell } from './observe.ts';
import { type ClientOptions, pairsOf, readTimeouts, refuseInBrowser } from './options.ts';
import { overlay } from './overlay.ts';
import type { ResourceClass } from './resource.ts';

export interface HumanloopOptions extends ClientOptions {
  /** Keys of LLM providers, sent as `provider_api_keys` where an operation takes them and the call does not set them. */
  providerApiKeys?: ProviderApiKeys | undefined;
  /**
   * Gets a line for each request and each end of a stream, without keys, prompts and outputs. Default: none, or, with
   * `logLevel`, the console.
   */
  logger?: Logger | undefined;
  /** Default `info`. */
  logLevel?: LogLevel | undefined;
}

/**
 * The API, resource by resource: `humanloop.chats.createExperimentStream({ experiment_id, messages })`.
 *
 * @throws {HumanloopError} code "configuration", when the base URL or the key is missing or unfit
 */
export class Humanloop extends Resources {
  readonly #options: HumanloopOptions;
  readonly #core: Core;
  readonly #providerApiKeys: ProviderApiKeys | undefined;
  readonly #resources = new Map<unknown, unknown>();

  constructor(given: HumanloopOptions = {}) {
    super();
    const options = { ...given, headers: pairsOf(given.headers) };
    this.#options = options;
    const { providerApiKeys, logLevel, logger = logLevel && console, ...rest } = options;
    const log = logger && createLogObserver(logger, logLevel);
    const observe: Observer = (event) => {
      void tell(log, event);
      void tell(options.observe, event);
    };
    this.#core = createCore({ ...rest, observe });
    if (providerApiKeys) refuseInBrowser(options);
    this.#providerApiKeys = providerApiKeys;
  }

  /** Adds middleware in openapi-fetch's shape. It sees each call once, streams included; it does not see the key. */
  use(...middleware: Middleware[]): void {
    this.#core.use(...middleware);
  }

  /** Takes middleware away. */
  eject(...middleware: Middleware[]): void {
    this.#core.eject(...middleware);
  }

  /**
   * Makes another client, a plain `Humanloop`: these options above those of this one, as a call's are above its client's,
   * and its middleware.
   */
  withOptions(options: HumanloopOptions): Humanloop {
    const { timeout, headers } = this.#options;
    const other = new Humanloop({
      ...overlay<HumanloopOptions>(this.#options, options),
      timeout: readTimeouts(timeout, options.timeout),
      headers: pairsOf(headers, options.headers),
    });
    other.use(...this.#core.middleware);
    return other;
  }

  protected override resource<R>(resourceClass: ResourceClass<R>): R {
    if (!this.#resources.has(resourceClass)) {
      this.#resources.set(resourceClass, new resourceClass(this.#core, this.#providerApiKeys));
    }
    return this.#resources.get(resourceClass) as R;
  }
}
