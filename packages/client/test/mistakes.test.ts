import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError, EventStream, type Fetch, Humanloop, HumanloopError } from '../src/index.ts';
import { collect, failureOf, stream } from './support/events.ts';
import { chat, createHumanloop } from './support/humanloop.ts';

describe('mistakes of those who use the client', () => {
  it.each([
    ['a success', () => Response.json({ id: 'a' })],
    ['an error', () => Response.json({ detail: 'x' }, { status: 404 })],
    ['a stream', () => new Response(stream('a'), { headers: { 'Content-Type': 'text/event-stream' } })],
  ])('middleware that has read or locked the body of %s is told to read a copy', async (_, answer) => {
    for (const take of [(response: Response) => response.text(), (response: Response) => response.body?.getReader()]) {
      const humanloop = createHumanloop(async () => answer());
      humanloop.use({ onResponse: async ({ response }) => void (await take(response)) });
      for (const call of [
        () => humanloop.projects.get({ id: 'a' }),
        () => humanloop.chats.createDeployedStream(chat),
      ]) {
        const error = await failureOf(call());
        expect(error).toBeInstanceOf(HumanloopError);
        expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('`response.clone()`') });
      }
    }
  });

  it.each([Number.NaN, -1, '5s', { idleMs: -1 }, { headersMs: Number.NaN }, { totalMs: 'soon' }])(
    'a timeout of %j is refused, by a client and by a call',
    async (given) => {
      const timeout = given as number;
      const want = { code: 'configuration', message: expect.stringMatching(/`timeout\.\w+Ms` must be/) as string };
      expect(() => new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', timeout })).toThrow(
        expect.objectContaining(want),
      );
      const calls = createHumanloop(async () => Response.json({}));
      expect(await failureOf(calls.sessions.create(undefined, { timeout }))).toMatchObject(want);
    },
  );

  it('a body that gives text is refused, and not quoted', async () => {
    const texts = ReadableStream.from(['data: {"secret":1}\n\n']) as unknown as ReadableStream<Uint8Array>;
    const error = await failureOf(EventStream.fromReadableStream(texts).final());
    expect(error).toMatchObject({ code: 'invalid-request' });
    expect(error.message).not.toContain('secret');
  });

  it('middleware may read a copy', async () => {
    const texts: string[] = [];
    const humanloop = createHumanloop(async () => Response.json({ id: 'a' }));
    humanloop.use({ onResponse: async ({ response }) => void texts.push(await response.clone().text()) });
    expect(await humanloop.projects.get({ id: 'a' })).toEqual({ id: 'a' });
    expect(texts).toEqual(['{"id":"a"}']);
  });

  it('a Response that is given a second time is told from a new one', async () => {
    for (const answer of [Response.json({ id: 'a' }), new Response(stream('a'))]) {
      const humanloop = createHumanloop(async () => answer);
      const calls = [() => humanloop.projects.get({ id: 'a' }), () => humanloop.chats.createDeployedStream(chat)];
      await Promise.allSettled(calls.map((call) => call()));
      for (const call of calls) {
        const want = { code: 'configuration', message: expect.stringContaining('a new Response for each call') };
        expect(await failureOf(call())).toMatchObject(want);
      }
    }
  });

  it.each([
    ['nothing', () => undefined as never],
    ['Response.error()', () => Response.error()],
    ['a plain object', () => ({ ok: true, status: 200, headers: new Headers(), json: async () => ({}) }) as never],
    ["another library's body", () => ({ status: 200, headers: new Headers(), body: { pipe() {} } }) as never],
  ])('a fetch that gives %s is a connection that was lost', async (_, answer) => {
    const humanloop = createHumanloop(async () => answer());
    for (const call of [() => humanloop.projects.get({ id: 'a' }), () => humanloop.chats.createDeployedStream(chat)]) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ code: 'lost', message: expect.stringContaining('`fetch` gave no web Response') });
    }
  });

  it('a key that is empty, or a function that gives none, is refused before sending', async () => {
    for (const apiKey of [' ', () => '', () => undefined as never]) {
      let sent = 0;
      const fetch: Fetch = async () => Response.json({ sent: ++sent });
      const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey, fetch });
      expect(await failureOf(humanloop.sessions.create())).toMatchObject({ code: 'configuration' });
      expect(sent).toBe(0);
    }
  });

  it('a base URL for one call is not heard: the key would go there', async () => {
    const sent: string[] = [];
    const fetch: Fetch = async (url) => {
      sent.push(url);
      return Response.json({ id: 'a' });
    };
    const elsewhere = { baseUrl: 'http://elsewhere.test' } as object;
    await createHumanloop(fetch).projects.get({ id: 'a' }, elsewhere);
    expect(sent).toEqual(['http://x.test/projects/a']);
  });

  it('what a fetch refuses is passed on as it is', async () => {
    let asked = 0;
    const refusal = new HumanloopError('no such recording', { code: 'configuration' });
    const humanloop = new Humanloop({
      baseUrl: 'http://x.test',
      apiKey: 'k',
      fetch: async () => {
        asked++;
        throw refusal;
      },
    });
    expect(await failureOf(humanloop.projects.get({ id: 'a' }))).toBe(refusal);
    expect(asked).toBe(1);
  });

  it('a controller in place of its signal is refused before sending', async () => {
    let sent = 0;
    const humanloop = createHumanloop(async () => Response.json({ sent: ++sent }));
    const signal = new AbortController() as never;
    expect(await failureOf(humanloop.projects.get({ id: 'a' }, { signal }))).toMatchObject({
      code: 'invalid-request',
      message: 'GET /projects/{id}: `signal` must be an AbortSignal',
    });
    expect(sent).toBe(0);
  });
});

describe('in tests of those who use the client', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('the global Blob is not used: jsdom has its own, which no Response knows', async () => {
    vi.stubGlobal('Blob', undefined);
    const issue = { loc: ['body', 'x'], msg: 'm', type: 't' };
    expect(await createHumanloop(async () => Response.json({ id: 'a' })).projects.get({ id: 'a' })).toEqual({
      id: 'a',
    });
    const refuse = createHumanloop(async () => Response.json({ detail: [issue] }, { status: 422 }));
    expect(await failureOf(refuse.projects.get({ id: 'a' }))).toMatchObject({ issues: [issue] });
    const empty = createHumanloop(async () => new Response(null, { headers: { 'Content-Type': 'text/event-stream' } }));
    const result = await empty.chats.createDeployedStream(chat);
    expect(await failureOf(result.final())).toMatchObject({ code: 'truncated' });
  });

  it('timers that are faked after the import keep no call waiting', async () => {
    vi.useFakeTimers();
    const humanloop = createHumanloop(async () => new Response(stream('a')));
    for (let count = 0; count < 3; count++) {
      expect(await collect(await humanloop.chats.createDeployedStream(chat))).toHaveLength(1);
    }
  });
});
