import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError, EventStream, type Fetch, Humanloop, HumanloopError } from '../src/index.ts';
import { bodyOf, collect, failureOf, sse, stream } from './support/events.ts';

const create = (fetch: Fetch) => new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, maxRetries: 0 });
const chat = { project: 'p', messages: [] };

describe('mistakes of those who use the client', () => {
  it.each([
    ['a success', () => Response.json({ id: 'a' })],
    ['an error', () => Response.json({ detail: 'x' }, { status: 404 })],
    ['a stream', () => new Response(stream('a'), { headers: { 'Content-Type': 'text/event-stream' } })],
  ])('middleware that has read or locked the body of %s is told to read a copy', async (_, answer) => {
    for (const take of [(response: Response) => response.text(), (response: Response) => response.body?.getReader()]) {
      const humanloop = create(async () => answer());
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
      const calls = create(async () => Response.json({}));
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
    const humanloop = create(async () => Response.json({ id: 'a' }));
    humanloop.use({ onResponse: async ({ response }) => void texts.push(await response.clone().text()) });
    expect(await humanloop.projects.get({ id: 'a' })).toEqual({ id: 'a' });
    expect(texts).toEqual(['{"id":"a"}']);
  });

  it('a Response that is given a second time is told from a new one', async () => {
    for (const answer of [Response.json({ id: 'a' }), new Response(stream('a'))]) {
      const humanloop = create(async () => answer);
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
    const humanloop = create(async () => answer());
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

  it.each([
    ['an array of pairs', [['x-a', '1']] as const],
    ['a map', new Map([['x-a', '1']])],
    ['Headers of another package', { [Symbol.iterator]: () => [['x-a', '1'] as const][Symbol.iterator]() }],
  ])('headers may be %s', async (_, headers) => {
    const sent: (string | null)[] = [];
    const fetch: Fetch = async (_url, init) => {
      sent.push(new Headers(init.headers).get('x-a'));
      return Response.json({ id: 'a' });
    };
    await new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, headers }).sessions.create();
    await new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch }).sessions.create({}, { headers });
    expect(sent).toEqual(['1', '1']);
  });

  it('a base URL for one call is not heard: the key would go there', async () => {
    const sent: string[] = [];
    const fetch: Fetch = async (url) => {
      sent.push(url);
      return Response.json({ id: 'a' });
    };
    const elsewhere = { baseUrl: 'http://elsewhere.test' } as object;
    await create(fetch).projects.get({ id: 'a' }, elsewhere);
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
    const humanloop = create(async () => Response.json({ sent: ++sent }));
    const signal = new AbortController() as never;
    expect(await failureOf(humanloop.projects.get({ id: 'a' }, { signal }))).toMatchObject({
      code: 'invalid-request',
      message: 'GET /projects/{id}: `signal` must be an AbortSignal',
    });
    expect(sent).toBe(0);
  });
});

it('an answer that is an error and nothing else is no success', async () => {
  const humanloop = create(async () => Response.json({ error: { message: 'x', code: 503 } }));
  expect(await failureOf(humanloop.projects.get({ id: 'p' }))).toMatchObject({ name: 'ServiceUnavailableError' });
});

it.each(['503', 503])('a code of %j in an error that is answered as a success is its status', async (code) => {
  const humanloop = create(async () => Response.json({ error: { message: 'x', code } }));
  expect(await failureOf(humanloop.projects.get({ id: 'p' }))).toMatchObject({ status: 503 });
});

it.each(['application/xml', 'text/xml', 'application/xhtml+xml', 'application/octet-stream', 'application/x-ndjson'])(
  'an answer of %s is no success',
  async (type) => {
    const humanloop = create(async () => new Response('<x>', { headers: { 'Content-Type': type } }));
    expect(await failureOf(humanloop.projects.get({ id: 'p' }))).toMatchObject({ code: 'not-json' });
  },
);

describe('answers that a list and a stream do not expect', () => {
  it('an empty answer to a list is an empty page', async () => {
    const humanloop = create(async () => new Response(null, { status: 204 }));
    const page = await humanloop.projects.list();
    expect([page.records, page.hasNextPage()]).toEqual([[], false]);
    expect(await collect(humanloop.projects.list())).toEqual([]);
  });

  it.each([{}, { status: 'ok' }, [], [{ id: 'p' }], { data: [] }, null, 'text'])(
    '%j is no empty page, and told with its status and request id',
    async (body) => {
      const humanloop = create(async () => Response.json(body, { headers: { 'X-Request-ID': 'req_1' } }));
      expect(await failureOf(humanloop.projects.list())).toMatchObject({
        code: 'not-a-page',
        message: 'GET /projects: the answer has no `records`; is the base URL right? (req_1)',
        status: 200,
        requestId: 'req_1',
      });
    },
  );

  it.each([{ records: [{ id: 'p' }] }, { records: [{ id: 'p' }], page: 0, size: 1, total: 9 }])(
    'a page that comes again and again is told, %j',
    async (body) => {
      const given: unknown[] = [];
      const humanloop = create(async () => Response.json(body));
      const failure = failureOf(
        (async () => {
          for await (const record of humanloop.projects.list()) given.push(record);
        })(),
      );
      expect(await failure).toMatchObject({ code: 'not-a-page', message: expect.stringContaining('pages 0 and 1') });
      expect(given).toEqual([{ id: 'p' }]);
    },
  );

  it.each(['1e9', '1e999'])('samples cost no memory for %s samples that a server claims', async (claim) => {
    const event = sse({ data: [{ index: 0, output: 'a' }], num_samples: 0 }).replace(':0}', `:${claim}}`);
    const result = EventStream.fromReadableStream(bodyOf(event));
    expect(await failureOf(collect(result))).toMatchObject({ code: 'truncated' });
    expect(result.samples).toHaveLength(1000);
    expect(result.samples[0]?.output).toBe('a');
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
    expect(await create(async () => Response.json({ id: 'a' })).projects.get({ id: 'a' })).toEqual({ id: 'a' });
    const refuse = create(async () => Response.json({ detail: [issue] }, { status: 422 }));
    expect(await failureOf(refuse.projects.get({ id: 'a' }))).toMatchObject({ issues: [issue] });
    const empty = create(async () => new Response(null, { headers: { 'Content-Type': 'text/event-stream' } }));
    const result = await empty.chats.createDeployedStream(chat);
    expect(await failureOf(result.final())).toMatchObject({ code: 'truncated' });
  });

  it('timers that are faked after the import keep no call waiting', async () => {
    vi.useFakeTimers();
    const humanloop = create(async () => new Response(stream('a')));
    for (let count = 0; count < 3; count++) {
      expect(await collect(await humanloop.chats.createDeployedStream(chat))).toHaveLength(1);
    }
  });
});
