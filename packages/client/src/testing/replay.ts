import { Buffer } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fetch } from '../options.ts';
import type { Exchange } from './recording.ts';

export interface ReplayOptions {
  /** Size of the chunks, bytes; default as recorded. 1 tries every boundary there is. */
  readonly chunkBytes?: number | undefined;
  /** Waits between chunks as recorded. Default false. */
  readonly timing?: boolean | undefined;
  /** Ends the body after so many bytes, as a server that stops. */
  readonly cutAfterBytes?: number | undefined;
  /** Breaks the connection after so many bytes. */
  readonly breakAfterBytes?: number | undefined;
}

/**
 * Makes a `fetch` that answers from a recording: each request gets the next exchange of its method and path, and the last
 * of them again when there are no more.
 *
 * @throws {Error} when the recording has no such request
 */
export function createReplay(exchanges: readonly Exchange[], options: ReplayOptions = {}): Fetch {
  const counts = new Map<string, number>();
  return async (url, { method = 'GET', signal }) => {
    const { pathname, search } = new URL(url);
    const fitting = exchanges.filter((exchange) => exchange.method === method && exchange.path === pathname + search);
    const key = `${method} ${pathname}${search}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    const exchange = fitting[count] ?? fitting.at(-1);
    if (!exchange) throw new Error(`the recording has no ${key}`);
    const { status, headers } = exchange;
    const hasBody = exchange.chunks.length > 0 && status !== 204;
    return new Response(hasBody ? play(exchange, options, signal ?? undefined) : null, { status, headers });
  };
}

function play(exchange: Exchange, options: ReplayOptions, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const chunks = cut(exchange, options);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
      },
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (signal?.aborted) return;
        if (!done) controller.enqueue(value);
        else if (value === 'broken') controller.error(new TypeError('terminated'));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Gives the chunks as they are wanted; returns how the body ends. */
async function* cut(exchange: Exchange, options: ReplayOptions): AsyncGenerator<Uint8Array, 'closed' | 'broken'> {
  const { chunkBytes, timing, cutAfterBytes, breakAfterBytes } = options;
  const limit = Math.min(cutAfterBytes ?? Infinity, breakAfterBytes ?? Infinity);
  let sent = 0;
  let passedMs = 0;
  for (const { afterMs, base64 } of exchange.chunks) {
    if (timing) await sleep(afterMs - passedMs);
    passedMs = afterMs;
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64')).subarray(0, limit - sent);
    sent += bytes.length;
    const size = chunkBytes ?? (bytes.length || 1);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    if (sent >= limit) return limit === breakAfterBytes ? 'broken' : 'closed';
  }
  return exchange.end === 'broken' ? 'broken' : 'closed';
}
