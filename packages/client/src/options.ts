import { DEFAULT_TIMEOUTS, type Timeouts } from './call.ts';
import { HumanloopError } from './errors.ts';
import type { Observer, RetryEvent } from './observe.ts';

/** A key, or what gives one when a request is sent, for keys that rotate. */
export type ApiKey = string | (() => string | Promise<string>);

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** `null` removes a header that would be sent. */
export type HeadersOption = Record<string, string | null | undefined>;

/** What can be set for all calls and for one. */
export interface CallSettings {
  /** Deadlines, ms; a number is `totalMs`. Default `{ headersMs: 300_000, idleMs: 60_000, totalMs: 600_000 }`. */
  timeout?: number | Partial<Timeouts> | undefined;
  /** How often a request is repeated, where that cannot bill twice. Default 2. */
  maxRetries?: number | undefined;
  /**
   * Sent as `Idempotency-Key` with each attempt; `true` makes one for each call. Set it only if the server honours it:
   * generating requests are then repeated after lost connections and 5xx as well.
   */
  idempotencyKey?: string | boolean | undefined;
  /** Longest event, bytes; default 64 MiB. */
  maxEventBytes?: number | undefined;
  /** `end`: for servers that never send a finish reason. Default `error`. */
  onIncomplete?: 'error' | 'end' | undefined;
}

export interface CallOptions extends CallSettings {
  signal?: AbortSignal | null | undefined;
  /** Added to those of the client. */
  headers?: HeadersOption | undefined;
  fetch?: Fetch | undefined;
}

export interface ClientOptions extends CallSettings {
  /** Default: the environment variable `HUMANLOOP_API_KEY`. */
  apiKey?: ApiKey | undefined;
  /** Default: the environment variable `HUMANLOOP_BASE_URL`. */
  baseUrl?: string | undefined;
  /** Default: `globalThis.fetch`, looked up at each call. Called as `fetch(url, init)`. */
  fetch?: Fetch | undefined;
  headers?: HeadersOption | undefined;
  /** A longer wait that a server asks for fails at once. Default 60_000. */
  maxRetryDelayMs?: number | undefined;
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Told when a call begins, is repeated, answered and over: for logs and telemetry. */
  observe?: Observer | undefined;
  /** Allow a key in a page, where everybody can read it. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Options with the environment filled in. */
export interface Settings extends ClientOptions {
  readonly baseUrl: string;
}

/** @throws {HumanloopError} code "configuration" */
export function readOptions(options: ClientOptions): Settings {
  const baseUrl = (options.baseUrl ?? readEnvironment('HUMANLOOP_BASE_URL'))?.replace(/\/+$/, '');
  const apiKey = options.apiKey ?? readEnvironment('HUMANLOOP_API_KEY');
  if (!baseUrl) {
    throw misconfigured(
      'there is no hosted Humanloop service any more: set `baseUrl` or HUMANLOOP_BASE_URL to a server that speaks v4',
    );
  }
  // It is not repeated: it may hold a password.
  if (!URL.canParse(baseUrl) || !/^https?:\/\/[^@?#]+$/.test(baseUrl)) {
    throw misconfigured('the base URL must be an http or https URL without user, query and fragment');
  }
  const header = Object.entries(options.headers ?? {}).find(([name]) => /^x-api-key$/i.test(name))?.[1];
  if (!apiKey && !header) {
    throw misconfigured('the API key is missing: set `apiKey` or HUMANLOOP_API_KEY');
  }
  if (header || typeof apiKey === 'string') refuseInBrowser(options);
  checkHeaders(options.headers, (message) => misconfigured(message));
  return { ...options, apiKey, baseUrl };
}

/** @throws {HumanloopError} where a page would hold a key. */
export function refuseInBrowser({ dangerouslyAllowBrowser }: ClientOptions): void {
  if (!dangerouslyAllowBrowser && 'window' in globalThis && 'document' in globalThis) {
    throw misconfigured(
      'everybody can read an API key in a page: call from your server, or set `dangerouslyAllowBrowser`',
    );
  }
}

/** Finds headers that cannot be sent, before the runtime does: its errors print the value, which may be a key. */
export function checkHeaders(headers: object | undefined, toError: (message: string) => HumanloopError): void {
  for (const [name, value] of Object.entries(headers ?? {})) {
    try {
      new Headers().set(name, `${value}`);
    } catch {
      const which = /^[\w-]+$/.test(name) ? `the header ${name}` : 'a header';
      throw toError(`${which} has characters that a header cannot carry`);
    }
  }
}

/** Fills in what a call leaves open, or sets to `undefined`. A number is `totalMs`. */
export function readTimeouts(...timeouts: CallSettings['timeout'][]): Timeouts {
  const given = timeouts.map((timeout) => (typeof timeout === 'number' ? { totalMs: timeout } : timeout));
  const entries = [DEFAULT_TIMEOUTS, ...given].flatMap((timeout) => Object.entries(timeout ?? {}));
  return Object.fromEntries(entries.filter(([, ms]) => ms !== undefined)) as unknown as Timeouts;
}

/** @throws {HumanloopError} when a header cannot carry the key: fetch itself would print it. */
export async function readApiKey(apiKey: ApiKey | undefined): Promise<string | undefined> {
  const key = (typeof apiKey === 'function' ? await apiKey() : apiKey)?.trim();
  if (key && /[^\x20-\x7e]/.test(key)) throw misconfigured('the API key has characters that a header cannot carry');
  return key;
}

function misconfigured(message: string): HumanloopError {
  return new HumanloopError(message, { code: 'configuration' });
}

function readEnvironment(name: string): string | undefined {
  try {
    return globalThis.process?.env[name]?.trim() || undefined;
  } catch {
    // Deno throws where the variable may not be read: then it is not set for us.
    return undefined;
  }
}
