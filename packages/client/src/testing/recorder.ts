import { Buffer } from 'node:buffer';
import type { Fetch } from '../options.ts';
import { type Exchange, writeRecording } from './recording.ts';

/** Headers of an answer that may let somebody in, and those that no longer fit the bytes, which are unpacked. */
const UNWANTED = /^(set-cookie|authorization|x-api-key|content-encoding|content-length|transfer-encoding)$/;

/** How long the end of a body is waited for when a recording is saved, ms: a client ends its loop before that. */
const LONGEST_WAIT_MS = 100;

export interface Recorder {
  /** Give it to the client. */
  readonly fetch: Fetch;
  readonly exchanges: readonly Exchange[];
  /** Writes what was recorded, as JSON. Prompts and outputs are in it; keys are not. */
  save(file: string): Promise<void>;
}

/** Makes a `fetch` that records the exact bytes of answers and when each chunk came. */
export function createRecorder(fetch: Fetch = (url, init) => globalThis.fetch(url, init)): Recorder {
  const exchanges: Exchange[] = [];
  const ends: Promise<void>[] = [];
  return {
    exchanges,
    async save(file) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const waited = new Promise((resolve) => (timer = setTimeout(resolve, LONGEST_WAIT_MS)));
      await Promise.race([Promise.all(ends), waited]);
      clearTimeout(timer);
      await writeRecording(file, exchanges);
    },
    async fetch(url, init) {
      const response = await fetch(url, init);
      const { pathname, search } = new URL(url);
      const headers = Object.fromEntries([...response.headers].filter(([name]) => !UNWANTED.test(name)));
      const body = withoutKeys(typeof init.body === 'string' ? init.body : '');
      const { method = 'GET' } = init;
      const exchange: Exchange = {
        method,
        path: pathname + search,
        body,
        status: response.status,
        headers,
        chunks: [],
        end: 'left',
      };
      exchanges.push(exchange);
      if (!response.body) return response;
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.push(promise);
      return new Response(record(response.body, exchange, resolve), response);
    },
  };
}

function record(body: ReadableStream<Uint8Array>, exchange: Exchange, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const start = performance.now();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            exchange.end = 'closed';
            controller.close();
            onEnd();
            return;
          }
          exchange.chunks.push({
            afterMs: Math.round(performance.now() - start),
            base64: Buffer.from(value).toString('base64'),
          });
          controller.enqueue(value);
        } catch (error) {
          exchange.end = 'broken';
          controller.error(error);
          onEnd();
        }
      },
      cancel(reason) {
        onEnd();
        return reader.cancel(reason);
      },
    },
    // Reading ahead would change the times.
    { highWaterMark: 0 },
  );
}

/** Takes provider keys out of a body. */
function withoutKeys(body: string): string {
  if (!body.includes('provider_api_keys')) return body;
  const fields = JSON.parse(body) as { provider_api_keys?: Record<string, string> };
  const names = Object.keys(fields.provider_api_keys ?? {});
  return JSON.stringify({ ...fields, provider_api_keys: Object.fromEntries(names.map((name) => [name, 'removed'])) });
}
