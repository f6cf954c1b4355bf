import { Buffer } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import { HumanloopError } from '../errors.ts';
import type { Fetch } from '../options.ts';
import type { Exchange } from './recording.ts';

export interface ReplayOptions {
  /** Size of the chunks, bytes, at least 1; default as recorded. 1 tries every boundary there is. */
  readonly chunkBytes?: number | undefined;
  /** Waits between chunks as recorded. Default false. */
  readonly timing?: boolean | undefined;
  /** Ends the body after so many bytes, as a server that stops. */
  readonly cutAfterBytes?: number | undefined;
  /** Breaks the connection after so many bytes. */
  readonly breakAfterBytes?: number | undefined;
}

const LEAST = [
  ['chunkBytes', 1],
  ['cutAfterBytes', 0],
  ['breakAfterBytes', 0],
] as const;

/**
 * Makes a `fetch` that answers from a recording: each request gets the next exchange of its method and path, and the last
 * of them again when there are no more.
 *
 * @throws {HumanloopError} code "configuration", also from the `fetch` for a request that the recording does not have
 */
export function createReplay(exchanges: readonly Exchange[], options: ReplayOptions = {}): Fetch {
  for (const [name, least] of LEAST) {
    const { [name]: value = least } = options;
    // NaN is refused as well.
    if (!(value >= least)) {
      throw new HumanloopError(`\`${name}\` must be ${least} or more, not ${value}`, { code: 'configuration' });
    }
  }
  const counts = new Map<string, number>();
  return async (url, { method = 'GET', signal }) => {
    signal?.throwIfAborted();
    const { pathname, search } = new URL(url);
    const key = `${method} ${pathname}${search}`;
    const fitting = exchanges.filter((exchange) => keyOf(exchange) === key);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    const exchange = fitting[count] ?? fitting.at(-1);
    if (!exchange) {
      const recorded = [...new Set(exchanges.map(keyOf))].join(', ') || 'nothing';
      throw new HumanloopError(`the recording has no ${key}; it has ${recorded}`, { code: 'configuration' });
    }
    const { status, headers } = exchange;
    // A connection may break before the first byte.
    const hasBody = (exchange.chunks.length > 0 || exchange.end === 'broken') && status !== 204;
    return new Response(hasBody ? play(exchange, options, signal) : null, { status, headers });
  };
}

function keyOf({ method, path }: Exchange): string {
  return `${method} ${path}`;
}

function play(exchange: Exchange, options: ReplayOptions, signal?: AbortSignal | null): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const chunks = cut(exchange, options, left.signal);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const abort = (): void => {
          controller.error(signal?.reason);
          left.abort();
        };
        signal?.addEventListener('abort', abort, { once: true });
      },
      // What it throws once the body is aborted or cancelled is of no interest: the stream drops it.
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (!done) controller.enqueue(value);
        else if (value === 'broken') controller.error(new TypeError('terminated'));
        else controller.close();
      },
      cancel: () => left.abort(),
    },
    { highWaterMark: 0 },
  );
}

/** Gives the chunks as they are wanted; returns how the body ends. The signal ends a wait, with its timer. */
async function* cut(
  exchange: Exchange,
  options: ReplayOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, 'closed' | 'broken'> {
  const { chunkBytes, timing, cutAfterBytes, breakAfterBytes } = options;
  const limit = Math.min(cutAfterBytes ?? Infinity, breakAfterBytes ?? Infinity);
  /** What has come since the last chunk was given. */
  let parts: Uint8Array[] = [];
  let length = 0;
  let sent = 0;
  let passedMs = 0;
  for (const { afterMs, base64 } of exchange.chunks) {
    if (sent >= limit) break;
    if (timing) await sleep(afterMs - passedMs, undefined, { signal });
    passedMs = afterMs;
    const bytes = Buffer.from(base64, 'base64').subarray(0, limit - sent);
    sent += bytes.length;
    parts.push(bytes);
    length += bytes.length;
    const size = chunkBytes ?? (length || 1);
    if (length < size) continue;
    const whole = Uint8Array.from(Buffer.concat(parts));
    let at = 0;
    for (; length >= size; length -= size) yield whole.subarray(at, (at += size));
    parts = [whole.subarray(at)];
  }
  if (length > 0) yield Uint8Array.from(Buffer.concat(parts));
  if (sent >= limit) return limit === breakAfterBytes ? 'broken' : 'closed';
  return exchange.end === 'broken' ? 'broken' : 'closed';
}
