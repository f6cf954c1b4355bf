import { Buffer } from 'node:buffer';
import type { Fetch } from '../options.ts';
import { type Exchange, writeRecording } from './recording.ts';

/** Headers of an answer that may let somebody in, and those that no longer fit the bytes, which are unpacked. */
const UNWANTED = /^(set-cookie|authorization|x-api-key|content-encoding|content-length|transfer-encoding)$/;

/** How long the end of a body is waited for when a recording is saved, ms: a client ends its loop before that. */
const LONGEST_WAIT_MS = 100;

/** Shorter keys are stand-ins such as `any`: to take them for secrets would garble an answer that has the word. */
const SHORTEST_SECRET = 8;

export interface Recorder {
  /** Give it to the client. */
  readonly fetch: Fetch;
  readonly exchanges: readonly Exchange[];
  /** Writes what was recorded, as JSON. Prompts and outputs are in it; keys are not, see {@link createRecorder}. */
  save(file: string): Promise<void>;
}

/**
 * Makes a `fetch` that records the exact bytes of answers and when each chunk came.
 *
 * Of requests it records no headers, and bodies without a top-level `provider_api_keys`. Where an answer repeats the
 * request's `X-API-KEY` or a provider key of 8 characters or more, each of its bytes is recorded as `*`: lengths and
 * chunks stay. A key that comes back in other characters than it went, escaped for example, is not recognised.
 */
export function createRecorder(fetch: Fetch = (url, init) => globalThis.fetch(url, init)): Recorder {
  const exchanges: Exchange[] = [];
  /** Which request each exchange began with. */
  const numbers: number[] = [];
  const ends: Promise<unknown>[] = [];
  let requests = 0;
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
      const number = requests++;
      const response = await fetch(url, init);
      const { pathname, search } = new URL(url);
      const { body, keys } = takeKeys(typeof init.body === 'string' ? init.body : '');
      const hide = createHide([new Headers(init.headers).get('X-API-KEY'), ...keys]);
      const wanted = [...response.headers].filter(([name]) => !UNWANTED.test(name));
      const headers = Object.fromEntries(wanted.map(([name, value]) => [name, hide(value)]));
      const { method = 'GET' } = init;
      const chunks: Chunk[] = [];
      const exchange: Exchange = {
        method,
        path: hide(pathname + search),
        body,
        status: response.status,
        headers,
        // When it is asked for: a key may be cut over two chunks.
        get chunks() {
          return encode(chunks, hide);
        },
        end: 'left',
      };
      // A replay answers in the order of the requests, which need not be that of the answers.
      const at = numbers.findLastIndex((earlier) => earlier < number) + 1;
      numbers.splice(at, 0, number);
      exchanges.splice(at, 0, exchange);
      if (!response.body) return response;
      // Only the first end counts: leaving also ends the read that is pending.
      const { promise, resolve } = Promise.withResolvers<Exchange['end']>();
      ends.push(promise.then((end) => (exchange.end = end)));
      return new Response(record(response.body, chunks, resolve), response);
    },
  };
}

interface Chunk {
  readonly afterMs: number;
  readonly bytes: Buffer;
}

function record(
  body: ReadableStream<Uint8Array>,
  chunks: Chunk[],
  onEnd: (end: Exchange['end']) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const start = performance.now();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            onEnd('closed');
            controller.close();
            return;
          }
          chunks.push({ afterMs: Math.round(performance.now() - start), bytes: Buffer.from(value) });
          controller.enqueue(value);
        } catch (error) {
          onEnd('broken');
          controller.error(error);
        }
      },
      cancel(reason) {
        onEnd('left');
        return reader.cancel(reason);
      },
    },
    // Reading ahead would change the times.
    { highWaterMark: 0 },
  );
}

function encode(chunks: readonly Chunk[], hide: (text: string) => string): Exchange['chunks'] {
  // In latin1 a byte is a character.
  const text = hide(Buffer.concat(chunks.map(({ bytes }) => bytes)).toString('latin1'));
  let at = 0;
  return chunks.map(({ afterMs, bytes: { length } }) => {
    const bytes = Buffer.from(text.slice(at, (at += length)), 'latin1');
    return { afterMs, base64: bytes.toString('base64') };
  });
}

/** Makes what puts `*` for each byte of a secret, in text whose characters are bytes. */
function createHide(keys: readonly unknown[]): (text: string) => string {
  const secrets = keys
    .filter((key) => typeof key === 'string' && key.length >= SHORTEST_SECRET)
    .map((key) => Buffer.from(key as string).toString('latin1'))
    // A key may begin with another one.
    .toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '*'.repeat(secret.length)), text);
}

/** Takes the provider keys out of a body; one that has none stays as it was sent. */
function takeKeys(body: string): { body: string; keys: unknown[] } {
  try {
    const { provider_api_keys: keys, ...rest } = JSON.parse(body) as { provider_api_keys?: object };
    if (keys !== undefined) return { body: JSON.stringify(rest), keys: Object.values(keys ?? {}) };
  } catch {
    // It is no JSON.
  }
  return { body, keys: [] };
}
