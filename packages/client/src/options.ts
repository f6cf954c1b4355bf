import { DEFAULT_TIMEOUTS, type Timeouts } from './call.ts';
import { HumanloopError } from './errors.ts';
import type { Observer, RetryEvent } from './observe.ts';
import { overlay } from './overlay.ts';

/** A key, or what gives one when a request is sent, for keys that rotate. */
export type ApiKey = string | (() => string | Promise<string>);

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Names and values, in any of the shapes that `Headers` takes; `null` removes a header that would be sent. */
export type HeadersOption = Headers | Iterable<HeaderPair> | Record<string, string | null | undefined>;

/** What can be set for all calls and for one. */
export interface CallSettings {
  /** Deadlines, ms; a number is `totalMs`. Default `{ headersMs: 300_000, idleMs: 60_000, totalMs: 600_000 }`. */
  timeout?: number | Partial<Timeouts> | undefined;
  /** How often a request is repeated, where that cannot bill twice. Default 2. */
  maxRetries?: number | undefined;
  /** Longest event, bytes; default 64 MiB. */
  maxEventBytes?: number | undefined;
  /** `end`: for servers that never send a finish reason. Default `error`. */
  onIncomplete?: 'error' | 'end' | undefined;
}

export interface CallOptions extends CallSettings {
  /**
   * Sent as `Idempotency-Key` with each attempt; `true` makes one. Set it only if the server honours it: generating
   * requests are then repeated after lost connections and 5xx as well.
   */
  idempotencyKey?: string | boolean | undefined;
  /** Aborts the call, its waits and its stream. */
  signal?: AbortSignal | null | undefined;
  /** Added to those of the client; `null` removes one. */
  headers?: HeadersOption | undefined;
  /** In place of the client's. */
  fetch?: Fetch | undefined;
}

export interface ClientOptions extends CallSettings {
  /** Default: the environment variable `HUMANLOOP_API_KEY`. */
  apiKey?: ApiKey | undefined;
  /** Default: the environment variable `HUMANLOOP_BASE_URL`. */
  baseUrl?: string | URL | undefined;
  /** Default: `globalThis.fetch`, looked up at each call. Called as `fetch(url, init)`. */
  fetch?: Fetch | undefined;
  /** Sent with each request; `null` removes one that would be sent, but not the key. */
  headers?: HeadersOption | undefined;
  /**
   * `true`: each call has an `Idempotency-Key` of its own, as if the call had said it. One key for all calls would give one
   * of them the answer of another.
   */
  idempotencyKey?: boolean | undefined;
  /** A longer wait that a server asks for fails at once. Default 60_000. */
  maxRetryDelayMs?: number | undefined;
  /** Told before each repetition. */
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Told when a call begins, is repeated, answered and over: for logs and telemetry. */
  observe?: Observer | undefined;
  /** Allow a key in a page, where everybody can read it. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Options with the environment filled in. `idempotencyKey` has the wider type of a call's. */
export interface Settings
  extends Omit<ClientOptions, 'baseUrl' | 'idempotencyKey'>, Pick<CallOptions, 'idempotencyKey'> {
  readonly baseUrl: string;
}

/** @throws {HumanloopError} code "configuration" */
export function readOptions(options: ClientOptions): Settings {
  // An iterator can be read once.
  const headers = pairsOf(options.headers);
  const baseUrl = String(options.baseUrl ?? readEnvironment('HUMANLOOP_BASE_URL') ?? '').replace(/\/+$/, '');
  const apiKey = options.apiKey ?? readEnvironment('HUMANLOOP_API_KEY');
  if (!baseUrl) {
    throw misconfigured('the base URL is missing: set `baseUrl` or HUMANLOOP_BASE_URL; there is no hosted service');
  }
  // It is not repeated: it may hold a password.
  if (!URL.canParse(baseUrl) || !/^https?:\/\/[^@?#]+$/.test(baseUrl)) {
    throw misconfigured('the base URL must be a whole http or https URL, without user, query and fragment');
  }
  if (typeof options.idempotencyKey === 'string') {
    throw misconfigured('`idempotencyKey` of a client must be true or false: all calls would share it');
  }
  readTimeouts(options.timeout);
  const hasKey = mergeHeaders(misconfigured, headers).has('X-API-KEY');
  if (!apiKey && !hasKey) throw misconfigured('the API key is missing: set `apiKey` or HUMANLOOP_API_KEY');
  if (hasKey || typeof apiKey === 'string') refuseInBrowser(options);
  return { ...options, headers, apiKey, baseUrl };
}

/** @throws {HumanloopError} where a page would hold a key. */
export function refuseInBrowser({ dangerouslyAllowBrowser }: Pick<ClientOptions, 'dangerouslyAllowBrowser'>): void {
  if ('document' in globalThis && !dangerouslyAllowBrowser) {
    throw misconfigured(
      'everybody can read an API key in a page: call from your server, or set `dangerouslyAllowBrowser`',
    );
  }
}

type HeaderPair = readonly [name: string, value: string | null | undefined];

/** All headers of all layers, one after the other. */
export function pairsOf(...layers: (HeadersOption | undefined)[]): HeaderPair[] {
  return layers.flatMap((layer = {}) => [
    // Not `instanceof Headers`: a package may bring Headers of its own.
    ...(Symbol.iterator in layer ? (layer as Iterable<HeaderPair>) : Object.entries(layer)),
  ]);
}

/**
 * Merges headers, later ones over earlier; `null` removes.
 *
 * @throws what `fail` makes of a header that cannot be sent: the runtime's own error prints its value, which may be a key.
 */
export function mergeHeaders(
  fail: (message: string) => HumanloopError,
  ...layers: (HeadersOption | undefined)[]
): Headers {
  const merged = new Headers();
  for (const [name, value] of pairsOf(...layers)) {
    try {
      if (value === null) merged.delete(name);
      else if (value !== undefined) merged.set(name, value);
    } catch {
      throw fail(`a header has characters that it cannot carry: ${/^[\w-]*/.exec(name)?.[0]}`);
    }
  }
  return merged;
}

/**
 * Fills in what a call leaves open, or sets to `undefined`. What is no object is `totalMs`.
 *
 * @throws {HumanloopError} code "configuration"
 */
export function readTimeouts(...timeouts: CallSettings['timeout'][]): Timeouts {
  const merged = overlay<Timeouts>(
    DEFAULT_TIMEOUTS,
    ...timeouts.map((timeout) => (typeof timeout === 'object' ? timeout : { totalMs: timeout })),
  );
  for (const [name, ms] of Object.entries(merged)) {
    if (!(ms >= 0)) throw misconfigured(`\`timeout.${name}\` must be ms, or 0 to wait for ever`);
  }
  return merged;
}

export function misconfigured(message: string): HumanloopError {
  return new HumanloopError(message, { code: 'configuration' });
}

function readEnvironment(name: string): string | undefined {
  return globalThis.process?.env[name]?.trim() || undefined;
}
