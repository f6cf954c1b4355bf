import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ClientEvent, EventStream, Humanloop, type HumanloopOptions } from '../src/index.ts';
import { createCall, NO_TIMEOUTS } from '../src/call.ts';
import { bodyOf, collect, failureOf, piece, sse, stream } from './support/events.ts';
import { chat, setUp as setUpClient } from './support/humanloop.ts';
import { sendEvents, startServer } from './support/server.ts';

const json = { 'Content-Type': 'application/json' };

const setUp = (options?: HumanloopOptions) =>
  setUpClient((_, response) => sendEvents(response, [sse(piece('a'), piece('A', null, 1))]), options);

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a call that is over', () => {
  it('sets no timer any more', () => {
    const before = timers();
    const call = createCall('GET /x', { ...NO_TIMEOUTS, headersMs: 60_000 });
    call.dispose();
    call.wait('headersMs');
    expect(timers()).toBe(before);
  });

  it('leaves no timer behind, whatever it waited for before it slept', () => {
    const before = timers();
    const call = createCall('GET /x', { ...NO_TIMEOUTS, headersMs: 60_000 });
    call.wait('headersMs');
    void call.sleep(60_000);
    expect(timers()).toBe(before + 1);
    call.dispose();
    void call.sleep(60_000);
    expect(timers()).toBe(before);
  });

  it('leaves no deadline behind', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const call = createCall('GET /x', { ...NO_TIMEOUTS, totalMs: 60_000 });
    expect(vi.getTimerCount()).toBe(1);
    call.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('closes the stream that middleware failed over', async () => {
    const { humanloop, requests } = await setUp();
    humanloop.use({
      onResponse() {
        throw new Error('mine');
      },
    });
    expect(await failureOf(humanloop.chats.createDeployedStream(chat))).toMatchObject({ message: 'mine' });
    // Later it would be closed by the garbage collector.
    expect(await Promise.race([requests[0]?.closed, sleep(500, 'open')])).toBeUndefined();
  });

  it.each(['loop', 'text', 'sample'])('holds no timer a second after a %s has stopped asking', async (way) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const timeout = { headersMs: 0, idleMs: 60_000, totalMs: 0 };
    const left = EventStream.fromReadableStream(bodyOf(sse(piece('a')), sse(piece('b', 'stop'))), { timeout });
    const asked = { loop: left, text: left.text(), sample: left.sample(0) }[way] as AsyncIterable<unknown>;
    await asked[Symbol.asyncIterator]().next();
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up the body that comes late from a fetch that ignores its signal', async () => {
    const cancelled = Promise.withResolvers<void>();
    const late = Promise.withResolvers<Response>();
    const { humanloop } = await setUp({ fetch: () => late.promise });
    const call = humanloop.chats.createDeployedStream(chat, { signal: AbortSignal.timeout(20) });
    expect(await failureOf(call)).toMatchObject({ name: 'AbortError' });
    const body = new ReadableStream<Uint8Array>({ cancel: () => cancelled.resolve() });
    late.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
    await cancelled.promise;
  });

  it.each([
    ['the signal', { signal: AbortSignal.timeout(20) }, 'AbortError'],
    ['totalMs', { timeout: { totalMs: 20 } }, 'TimeoutError'],
  ])('%s while the key is asked for: nothing is sent', async (_, options, name) => {
    const asked = Promise.withResolvers<string>();
    const { humanloop, requests } = await setUp({ apiKey: () => asked.promise });
    expect(await failureOf(humanloop.chats.createDeployedStream(chat, options))).toMatchObject({ name });
    const before = timers();
    asked.resolve('key');
    await sleep(20);
    expect(timers()).toBeLessThanOrEqual(before);
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['before the headers', () => {}, 'headers'],
    ['within the answer', (response: ServerResponse) => response.writeHead(200, json).write('{'), 'body'],
    ['within an error', (response: ServerResponse) => response.writeHead(503, json).write('{'), 'body'],
    ['within middleware', (response: ServerResponse) => response.writeHead(200, json).end('{}'), 'body'],
  ])('tells nothing more, aborted %s: no retry and no answer', async (where, answer, phase) => {
    const told: string[] = [];
    const { baseUrl } = await startServer((_, response) => void answer(response));
    const options = { onRetry: () => told.push('onRetry'), observe: ({ type }: ClientEvent) => told.push(type) };
    const humanloop = new Humanloop({ baseUrl, apiKey: 'key', ...options });
    if (where === 'within middleware') humanloop.use({ onResponse: () => sleep(400).then(() => undefined) });
    const call = humanloop.projects.list({}, { signal: AbortSignal.timeout(200) });
    expect(await failureOf(call)).toMatchObject({ name: 'AbortError', phase });
    await sleep(300);
    expect(told).toEqual(['start', 'end']);
  });

  it('an abort while middleware waits: nothing is sent', async () => {
    const { humanloop, requests } = await setUp();
    const waited = Promise.withResolvers<void>();
    humanloop.use({ onRequest: () => waited.promise });
    const call = humanloop.chats.createDeployedStream(chat, { signal: AbortSignal.timeout(20) });
    expect(await failureOf(call)).toMatchObject({ name: 'AbortError' });
    waited.resolve();
    await sleep(20);
    expect(requests).toHaveLength(0);
  });
});

describe('leaving samples', () => {
  const read = async (sample: AsyncIterable<string>, leave: () => void = () => {}) => {
    for await (const text of sample) {
      leave();
      return text;
    }
    return undefined;
  };

  it.each([
    ['the one that is read', [0], () => {}],
    ['all', [0, 1], () => {}],
    [
      'by a throw',
      [0],
      () => {
        throw new Error('mine');
      },
    ],
  ] as const)('%s closes the connection', async (_, indices, leave) => {
    const { humanloop, requests } = await setUp();
    const events = await humanloop.chats.createDeployedStream({ ...chat, num_samples: 2 });
    await Promise.allSettled(indices.map((index) => read(events.sample(index), leave)));
    await requests[0]?.closed;
    expect(events.stats.endMs).toBeDefined();
    expect(await failureOf(events.sample(1).final())).toMatchObject({ name: 'AbortError' });
  });

  it('one leaves the others alone, and the last one to end closes the connection', async () => {
    const pieces = [piece('a'), piece('A', null, 1), piece('B', 'stop', 1)];
    const server = await startServer((_, response) => sendEvents(response, [sse(...pieces)]));
    const humanloop = new Humanloop({ baseUrl: server.baseUrl, apiKey: 'key' });
    const events = await humanloop.chats.createDeployedStream({ ...chat, num_samples: 2 });
    const [first, second] = await Promise.all([read(events.sample(0)), events.sample(1).finalText()]);
    expect([first, second]).toEqual(['a', 'AB']);
    await server.requests[0]?.closed;
  });

  it('leaves final() alone', async () => {
    const { humanloop } = await setUp();
    const events = await humanloop.chats.createDeployedStream({ ...chat, num_samples: 2 });
    const final = events.final();
    expect(await read(events.sample(0))).toBe('a');
    expect(events.stats.endMs).toBeUndefined();
    events.abort();
    await failureOf(final);
  });
});

describe('leaving a reader by its iterator closes the connection', () => {
  const readers = {
    'text()': (events: EventStream<unknown>) => events.text(),
    'a sample': (events: EventStream<unknown>) => events.sample(0)[Symbol.asyncIterator](),
  };
  it.each(Object.entries(readers))('of %s, by return() before its first piece', async (_, read) => {
    const { open, requests } = await setUp();
    expect(await read(await open()).return()).toEqual({ done: true, value: undefined });
    await requests[0]?.closed;
  });

  it.each(Object.entries(readers))('of %s, by throw(), also while a piece is waited for', async (_name, read) => {
    for (const waits of [false, true]) {
      const { open, requests } = await setUpClient((_, response) => sendEvents(response, [sse(piece('a'))]));
      const reader = read(await open());
      await reader.next();
      const pending = waits ? reader.next() : undefined;
      const error = new Error('mine');
      expect(await failureOf(reader.throw(error))).toBe(error);
      if (waits) expect(await pending).toEqual({ done: true, value: undefined });
      await requests[0]?.closed;
    }
  });

  it.each(Object.entries(readers))('of %s, by a Readable that is destroyed', async (_, read) => {
    const { open, requests } = await setUp();
    const readable = Readable.from(read(await open())).on('error', () => {});
    await once(readable, 'data');
    readable.destroy(new Error('mine'));
    await requests[0]?.closed;
    expect(requests).toHaveLength(1);
  });
});

describe('the examples for node:http leave the stream', () => {
  it.each([
    ['answer', 'before the first event'],
    ['answer', 'after it'],
    ['answerInText', 'before the first event'],
    ['answerInText', 'after it'],
  ] as const)('`%s`, when its reader leaves %s', async (name, when) => {
    const asked = Promise.withResolvers<void>();
    const { baseUrl, requests } = await setUpClient(async (_, response) => {
      asked.resolve();
      if (when === 'after it') await sendEvents(response, [sse(piece('a'))]);
    });
    vi.doMock('@humanloop-v4/client', () => import('../src/index.ts'));
    vi.stubEnv('HUMANLOOP_BASE_URL', baseUrl).stubEnv('HUMANLOOP_API_KEY', 'key').resetModules();
    onTestFinished(() => {
      vi.doUnmock('@humanloop-v4/client');
      vi.unstubAllEnvs();
    });
    const example = await import('../examples/proxy.ts');
    const failed = Promise.withResolvers<unknown>();
    const proxy = await startServer((_, response) => failed.resolve(failureOf(example[name]('?', response))));
    const controller = new AbortController();
    const answer = fetch(proxy.baseUrl, { signal: controller.signal });
    await asked.promise;
    if (when === 'after it') await (await answer).body?.getReader().read();
    controller.abort();
    await Promise.allSettled([answer]);
    await requests[0]?.closed;
    expect(await failed.promise).toBeInstanceOf(Error);
  });
});

describe('the end of a stream', () => {
  it('by return() ends a next() that is pending', async () => {
    const { humanloop } = await setUp();
    const events = await humanloop.chats.createDeployedStream(chat);
    const iterator = events[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const pending = iterator.next();
    await iterator.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await failureOf(events.final())).toMatchObject({ name: 'AbortError' });
  });

  it('by the signal is told to those who wait for a loop that stands still, and to observers', async () => {
    const ends: unknown[] = [];
    const { humanloop } = await setUp({ observe: (event) => event.type === 'end' && ends.push(event.error) });
    const controller = new AbortController();
    const events = await humanloop.chats.createDeployedStream(chat, { signal: controller.signal });
    const iterator = events[Symbol.asyncIterator]();
    await iterator.next();
    const final = failureOf(events.final());
    await sleep(1);
    controller.abort();
    expect(await final).toMatchObject({ name: 'AbortError' });
    expect(ends).toEqual([await final]);
    expect(await failureOf(iterator.next())).toBe(await final);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('is the last event: no deadline runs while it is worked on', async () => {
    const server = await startServer((_, response) => sendEvents(response, [stream('a')]));
    const humanloop = new Humanloop({ baseUrl: server.baseUrl, apiKey: 'key', timeout: 100 });
    const events = await humanloop.chats.createDeployedStream(chat);
    for await (const _ of events) await sleep(200);
    expect(events.stats.events).toBe(1);
  });

  it('comes at once; the rest of the body is given up later', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(stream('a'))),
      cancel() {
        cancelled = true;
      },
    });
    expect(await collect(EventStream.fromReadableStream(body))).toHaveLength(1);
    expect(cancelled).toBe(false);
    await expect.poll(() => cancelled).toBe(true);
  });

  it.each(['the loop', 'a sample'])('of %s leaves the connection to the next request', async (way) => {
    const { baseUrl, sockets } = await startServer(async (_, response) => {
      await sendEvents(response, [stream('a', 'b')]);
      await sleep(3);
      response.end();
    });
    const humanloop = new Humanloop({ baseUrl, apiKey: 'key' });
    for (let count = 0; count < 5; count++) {
      const events = await humanloop.chats.createDeployedStream(chat);
      await (way === 'the loop' ? collect(events) : events.sample(0).finalText());
    }
    expect(sockets.size).toBe(1);
  });
});

describe('a stream that is disposed of', () => {
  const open = () => EventStream.fromReadableStream(bodyOf(sse(piece('a')), sse(piece('b')), sse(piece('c', 'stop'))));
  const isAborted = { name: 'AbortError', message: expect.stringContaining('left before its end') as string };

  it.each(['loop', 'text', 'sample', 'final', 'tee', 'toReadableStream'])(
    'is not taken for whole by %s elsewhere',
    async (way) => {
      const result = open();
      const [kept] = way === 'tee' ? result.tee() : [result];
      const reader = way === 'toReadableStream' ? result.toReadableStream().getReader() : undefined;
      await result[Symbol.asyncDispose]();
      const read = {
        loop: () => collect(kept),
        text: () => collect(kept.text()),
        sample: () => collect(kept.sample(0)),
        final: () => kept.final(),
        tee: () => kept.final(),
        toReadableStream: () => reader!.read(),
      }[way] as () => Promise<unknown>;
      expect(await failureOf(read())).toMatchObject(isAborted);
    },
  );

  it('breaks a read that is pending', async () => {
    let pull: (() => void) | undefined;
    const silent = new ReadableStream<Uint8Array>({ pull: () => new Promise<void>((resolve) => (pull = resolve)) });
    const result = EventStream.fromReadableStream(silent);
    const failure = failureOf(collect(result));
    await result[Symbol.asyncDispose]();
    expect(await failure).toMatchObject(isAborted);
    pull?.();
  });

  it('has failed for nobody else: it was left', async () => {
    const ends: ClientEvent[] = [];
    const observe = (event: ClientEvent) => void (event.type === 'end' && ends.push(event));
    const { humanloop, requests } = await setUp({ observe });
    {
      await using _ = await humanloop.chats.createDeployedStream(chat);
    }
    await requests[0]?.closed;
    expect(ends).toMatchObject([{ completed: false, error: undefined }]);
  });

  it('is whole where it was read whole', async () => {
    const result = open();
    const events = await collect(result);
    await result[Symbol.asyncDispose]();
    expect(events).toHaveLength(3);
    expect(await result.final()).toMatchObject({ data: [{ output: 'abc' }] });
  });
});

describe('a generator that is left while it waits for the next piece', () => {
  it.each([
    ['text()', (result: EventStream<unknown>) => result.text()],
    ['a sample', (result: EventStream<unknown>) => result.sample(0)],
    ['the events', (result: EventStream<unknown>) => result],
  ])('%s closes the connection at once', async (_, pick) => {
    const { humanloop, requests } = await setUp();
    const result = await humanloop.chats.createDeployedStream(chat);
    const iterator = (pick(result) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    await iterator.next();
    if (pick(result) === result) await iterator.next();
    const pending = iterator.next().then(() => iterator.next());
    await sleep(20);
    await iterator.return?.();
    await requests[0]?.closed;
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  it('a sample leaves one alone that is read meanwhile', async () => {
    const late = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        const send = (...events: object[]) => controller.enqueue(new TextEncoder().encode(sse(...events)));
        send(piece('a'), piece('A', null, 1));
        await late.promise;
        send(piece('b', 'stop'), piece('B', 'stop', 1));
      },
    });
    const result = EventStream.fromReadableStream(body, { num_samples: 2 });
    const first = result.sample(0)[Symbol.asyncIterator]();
    expect(await first.next()).toMatchObject({ value: 'a' });
    const pending = first.next();
    const other = result.sample(1).finalText();
    await sleep(10);
    const left = first.return();
    late.resolve();
    expect(await other).toBe('AB');
    await Promise.all([pending, left]);
  });
});

it('a stream that was passed on and stalls is told by its deadline', async () => {
  const body = new ReadableStream<Uint8Array>({});
  const result = EventStream.fromReadableStream(body, { timeout: { idleMs: 20 } });
  expect(await failureOf(result.final())).toMatchObject({ code: 'idle-timeout' });
});

it('an abort ends a body that says nothing, and whoever waits for it is told', async () => {
  const controller = new AbortController();
  const silent = EventStream.fromReadableStream(new ReadableStream<Uint8Array>(), { signal: controller.signal });
  const pending = silent[Symbol.asyncIterator]().next();
  await sleep(0);
  controller.abort('why');
  expect(await failureOf(pending)).toMatchObject({ code: 'aborted', cause: 'why' });
});

it('leaving a sample that has finished leaves the stream, when nobody else reads', async () => {
  const server = await startServer((_, response) =>
    sendEvents(response, [sse(piece('a', 'stop'), piece('A', null, 1))]),
  );
  const humanloop = new Humanloop({ baseUrl: server.baseUrl, apiKey: 'key' });
  const result = await humanloop.chats.createDeployedStream({ ...chat, num_samples: 2 });
  for await (const text of result.sample(0)) {
    expect(text).toBe('a');
    break;
  }
  await server.requests[0]?.closed;
  expect(await failureOf(result.sample(1).final())).toMatchObject({ code: 'aborted' });
});
