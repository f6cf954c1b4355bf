import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Humanloop } from '../src/index.ts';
import {
  createRecorder,
  createReplay,
  type Exchange,
  readRecording,
  type ReplayOptions,
} from '../src/testing/index.ts';
import { bodyOf, collect, failureOf, stream } from './support/events.ts';
import { sendEvents, startServer } from './support/server.ts';

const chat = { project: 'p', messages: [], provider_api_keys: { openai: 'secret' } };

async function record(): Promise<{ file: string; exchanges: Exchange[] }> {
  const { baseUrl } = await startServer(async (_, response) => {
    response.setHeader('Set-Cookie', 'secret');
    await sendEvents(response, stream('a', 'b').split(/(?<=\r\n\r\n)/), 10);
    response.end();
  });
  const recorder = createRecorder();
  const humanloop = new Humanloop({ baseUrl, apiKey: 'secret', fetch: recorder.fetch });
  await collect(await humanloop.chats.createDeployedStream(chat));
  const folder = await mkdtemp(path.join(tmpdir(), 'recording-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'chat.json');
  await recorder.save(file);
  return { file, exchanges: await readRecording(file) };
}

const replay = (exchanges: Exchange[], options = {}) =>
  new Humanloop({
    baseUrl: 'http://x.test/v4',
    apiKey: 'k',
    fetch: createReplay(exchanges, options),
  }).chats.createDeployedStream(chat);

describe('the testing kit', () => {
  it('records bytes and times, without keys', async () => {
    const { file, exchanges } = await record();
    expect(exchanges).toMatchObject([{ method: 'POST', path: '/v4/chat-deployed', status: 200, end: 'closed' }]);
    expect(exchanges[0]?.chunks.map(({ base64 }) => Buffer.from(base64, 'base64').toString()).join('')).toBe(
      stream('a', 'b'),
    );
    expect(exchanges[0]?.chunks.at(-1)?.afterMs).toBeGreaterThan(0);
    expect(await readFile(file, 'utf8')).not.toContain('secret');
  });

  it.each([
    { given: '{"provider_api_keys":{"openai":"k"},"a":1}', want: '{"a":1}' },
    { given: '{"provider_api_keys":null}', want: '{}' },
    { given: '{ "a": "provider_api_keys" }', want: '{ "a": "provider_api_keys" }' },
    { given: '[{"inputs":{"note":"provider_api_keys"}}]', want: '[{"inputs":{"note":"provider_api_keys"}}]' },
    { given: '{"a":{"provider_api_keys":{}}}', want: '{"a":{"provider_api_keys":{}}}' },
    { given: 'provider_api_keys', want: 'provider_api_keys' },
    { given: 'null', want: 'null' },
  ])('records the request $given as $want', async ({ given, want }) => {
    const { fetch, exchanges } = createRecorder(async () => new Response());
    await fetch('http://x.test/', { method: 'POST', body: given });
    expect(exchanges).toMatchObject([{ body: want }]);
  });

  it('records an answer that repeats keys with as many asterisks, also where a key is cut', async () => {
    const answer = ['{"a":"é key-of', '-caller", "b":"key-of', '-caller-2"', ' any}'];
    const { fetch, exchanges } = createRecorder(
      async () => new Response(bodyOf(...answer), { headers: { 'X-Echo': 'key-of-caller' } }),
    );
    const response = await fetch('http://x.test/', {
      method: 'POST',
      headers: { 'X-API-KEY': 'key-of-caller' },
      body: '{"provider_api_keys":{"openai":"key-of-caller-2","other":"any"}}',
    });
    expect(await response.text()).toBe(answer.join(''));
    expect(exchanges[0]?.headers).toMatchObject({ 'x-echo': '*************' });
    expect(exchanges[0]?.chunks.map(({ base64 }) => Buffer.from(base64, 'base64').toString())).toEqual([
      '{"a":"é ******',
      '*******", "b":"******',
      '*********"',
      ' any}',
    ]);
  });

  it('records no key in a path either', async () => {
    const { fetch, exchanges } = createRecorder(async () => new Response());
    await fetch('http://x.test/end?key=key-of-caller', { headers: { 'X-API-KEY': 'key-of-caller' } });
    expect(exchanges[0]?.path).toBe('/end?key=*************');
  });

  it('records requests that overlap in their order, whichever is answered first', async () => {
    const answers = [
      Promise.withResolvers<Response>(),
      Promise.withResolvers<Response>(),
      Promise.reject(new Error('x')),
    ];
    let next = 0;
    const { fetch, exchanges } = createRecorder(async () => {
      const answer = answers[next++]!;
      return 'promise' in answer ? answer.promise : answer;
    });
    const calls = ['first', 'second', 'third'].map((body) => fetch('http://x.test/', { method: 'POST', body }));
    await expect(calls[2]).rejects.toThrow('x');
    for (const answer of answers.toReversed()) if ('resolve' in answer) answer.resolve(new Response());
    await Promise.all(calls.slice(0, 2));
    expect(exchanges.map(({ body }) => body)).toEqual(['first', 'second']);
  });

  it.each([true, false])('records a body as left that is left while it is read (%s)', async (isRead) => {
    const body = new ReadableStream<Uint8Array>();
    const { fetch, exchanges } = createRecorder(async () => new Response(body));
    const reader = (await fetch('http://x.test/', {})).body!.getReader();
    const read = isRead ? reader.read() : undefined;
    await reader.cancel();
    await read;
    expect(exchanges[0]?.end).toBe('left');
  });

  it('replays them in any chunks', async () => {
    const { exchanges } = await record();
    for (const options of [{}, { chunkBytes: 1 }, { chunkBytes: 7 }]) {
      expect(await collect(await replay(exchanges, options))).toHaveLength(2);
    }
    const { body } = await createReplay(exchanges, { chunkBytes: 7 })('http://x.test/v4/chat-deployed', {
      method: 'POST',
    });
    expect((await body!.getReader().read()).value).toHaveLength(7);
  });

  it('joins chunks that were recorded smaller than they are wanted', async () => {
    const chunks = ['ab', 'c', '', 'defg', 'h'].map((text, afterMs) => ({ afterMs, base64: btoa(text) }));
    const exchange = { method: 'GET', path: '/', body: '', status: 200, headers: {}, chunks, end: 'closed' } as const;
    const play = async (options: ReplayOptions) => {
      const { body } = await createReplay([exchange], options)('http://x.test/', {});
      return (await collect(body!)).map((bytes) => new TextDecoder().decode(bytes));
    };
    expect(await play({})).toEqual(['ab', 'c', 'defg', 'h']);
    expect(await play({ chunkBytes: 3 })).toEqual(['abc', 'def', 'gh']);
    expect(await play({ chunkBytes: 1e9 })).toEqual(['abcdefgh']);
    expect(await play({ chunkBytes: 3, cutAfterBytes: 4 })).toEqual(['abc', 'd']);
  });

  it.each([{ cutAfterBytes: -5 }, { cutAfterBytes: Number.NaN }, { breakAfterBytes: -1 }])('refuses %j', (options) => {
    expect(() => createReplay([], options)).toThrow(/AfterBytes` must be 0 or more/);
  });

  it.each([0, -1, 0.5, Number.NaN])('refuses chunks of %d bytes', (chunkBytes) => {
    expect(() => createReplay([], { chunkBytes })).toThrow(
      expect.objectContaining({
        name: 'HumanloopError',
        code: 'configuration',
        message: `\`chunkBytes\` must be 1 or more, not ${chunkBytes}`,
      }),
    );
  });

  it('breaks as recorded, also before the first byte', async () => {
    for (const chunks of [[], [{ afterMs: 0, base64: btoa('a') }]]) {
      const exchange = { method: 'GET', path: '/', body: '', status: 200, headers: {}, chunks, end: 'broken' } as const;
      const response = await createReplay([exchange])('http://x.test/', {});
      expect(await failureOf(response.text())).toMatchObject({ message: 'terminated' });
    }
  });

  it('cuts and breaks them', async () => {
    const { exchanges } = await record();
    expect(await failureOf(collect(await replay(exchanges, { cutAfterBytes: 300 })))).toMatchObject({
      code: 'truncated',
    });
    expect(await failureOf(collect(await replay(exchanges, { breakAfterBytes: 300 })))).toMatchObject({
      code: 'disconnected',
    });
    const broken = exchanges.map((exchange) => ({
      ...exchange,
      // The first bytes of the first chunk: a busy machine may have received everything in one.
      chunks: exchange.chunks.slice(0, 1).map((chunk) => ({ ...chunk, base64: chunk.base64.slice(0, 400) })),
      end: 'broken' as const,
    }));
    expect(await failureOf(collect(await replay(broken)))).toMatchObject({ code: 'disconnected' });
  });

  it('refuses a request that it has not, once, and names those that it has', async () => {
    const { exchanges } = await record();
    let requests = 0;
    const played = createReplay(exchanges);
    const fetch: typeof played = (url, init) => {
      requests++;
      return played(url, init);
    };
    const humanloop = new Humanloop({ baseUrl: 'http://x.test/v4', apiKey: 'k', fetch });
    expect(await failureOf(humanloop.projects.get({ id: 'p' }))).toMatchObject({
      name: 'HumanloopError',
      code: 'configuration',
      message: 'the recording has no GET /v4/projects/p; it has POST /v4/chat-deployed',
    });
    expect(requests).toBe(1);
    expect(await failureOf(replay([]))).toMatchObject({
      message: 'the recording has no POST /v4/chat-deployed; it has nothing',
    });
  });

  it('a body that breaks while it is recorded is recorded as broken; one that is left, as left', async () => {
    const breaking = async () => {
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.error(new TypeError('terminated')),
      });
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
    };
    const broken = createRecorder(breaking);
    const chat = { project: 'p', messages: [], provider_api_keys: {} };
    const read = async (fetch: typeof broken.fetch) => {
      const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
      return collect(await humanloop.chats.createDeployedStream(chat));
    };
    expect(await failureOf(read(broken.fetch))).toMatchObject({ code: 'disconnected' });
    expect(broken.exchanges[0]?.end).toBe('broken');
    const left = createRecorder(
      async () => new Response(stream('a'), { headers: { 'Content-Type': 'text/event-stream' } }),
    );
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch: left.fetch });
    (await humanloop.chats.createDeployedStream({ project: 'p', messages: [] })).abort();
    expect(left.exchanges[0]?.end).toBe('left');
    const empty = createRecorder(async () => new Response(null, { status: 204 }));
    await new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch: empty.fetch }).projects.delete({ id: 'a' });
    const replayed = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch: createReplay(empty.exchanges) });
    expect(await replayed.projects.delete({ id: 'a' })).toBeUndefined();
  });
});

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const ADDRESS = 'http://127.0.0.1:1/logs';

const createExchange = (gapMs: number): Exchange => ({
  method: 'GET',
  path: '/logs',
  body: '',
  status: 200,
  headers: {},
  chunks: [
    { afterMs: 0, base64: btoa('first') },
    { afterMs: gapMs, base64: btoa('second') },
  ],
  end: 'closed',
});

async function start(gapMs: number, timing: boolean, signal?: AbortSignal): Promise<Reader> {
  const response = await createReplay([createExchange(gapMs)], { timing })(ADDRESS, signal ? { signal } : {});
  const reader = response.body!.getReader();
  await reader.read();
  return reader;
}

const countTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a replay', () => {
  it('waits between chunks as recorded', async () => {
    const reader = await start(80, true);
    const begin = performance.now();
    await reader.read();
    // A timer may fire a little before its time.
    expect(performance.now() - begin).toBeGreaterThan(70);
  });

  it('does not wait by default', async () => {
    const reader = await start(600_000, false);
    expect((await reader.read()).done).toBe(false);
  });

  it.each([true, false])('ends with the reason of an abort, timing: %s', async (timing) => {
    const controller = new AbortController();
    const reader = await start(600_000, timing, controller.signal);
    const read = timing ? reader.read() : undefined;
    controller.abort(new Error('enough'));
    await expect(read ?? reader.read()).rejects.toThrow('enough');
  });

  it('answers no request that was aborted before', async () => {
    await expect(start(0, false, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it.each([
    { given: 'an abort', end: async (_: Reader, controller: AbortController) => controller.abort() },
    { given: 'a cancelled body', end: (reader: Reader) => reader.cancel() },
  ])('leaves no timer behind $given', async ({ end }) => {
    // So many that timers of others do not count.
    const waits = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const controller = new AbortController();
        const reader = await start(600_000, true, controller.signal);
        const read = reader.read().catch(() => {});
        return async () => {
          await end(reader, controller);
          await read;
        };
      }),
    );
    expect(countTimers()).toBeGreaterThanOrEqual(50);
    await Promise.all(waits.map((stop) => stop()));
    expect(countTimers()).toBeLessThan(25);
  });
});
