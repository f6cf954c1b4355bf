import createFetchClient, { type Middleware } from 'openapi-fetch';
import { describe, expect, it } from 'vitest';
import { createClient } from '../src/index.ts';
import { collect, failureOf, stream } from './support/events.ts';
import { chat, setUp } from './support/humanloop.ts';
import { sendEvents } from './support/server.ts';

const baseUrl = 'http://x.test/v4';

/** What middleware saw, what was sent and what came of it. */
type Trace = unknown[];
type Scenario = (trace: Trace) => readonly (Middleware | undefined)[];

/** Middleware that says where it was. */
const noting = (trace: Trace, name: string): Middleware => ({
  onRequest: ({ request, schemaPath, params }) => void trace.push([name, request.method, schemaPath, params]),
  onResponse: ({ response, request }) => void trace.push([name, response.status, request.url]),
  onError: ({ error }) => void trace.push([name, error instanceof Error]),
});

const scenarios: [string, Scenario][] = [
  ['is asked in order, and told in reverse', (trace) => [noting(trace, 'a'), noting(trace, 'b')]],
  ['may be none', (trace) => [undefined, noting(trace, 'a'), undefined]],
  ['may have one function only', (trace) => [{ onResponse: () => void trace.push('response') }]],
  [
    'may put another request in place, which the next ones see',
    (trace) => [
      { onRequest: ({ request }) => new Request(`${request.url}?more=1`, request) },
      noting(trace, 'b'),
      {
        onRequest({ request }) {
          request.headers.set('X-Mine', '1');
          return request;
        },
      },
    ],
  ],
  [
    'may answer itself: nothing is sent, and nobody else is asked or told',
    (trace) => [noting(trace, 'a'), { onRequest: () => Response.json({ id: 'mine' }) }, noting(trace, 'c')],
  ],
  [
    'may put another response in place, which those before it see',
    (trace) => [
      noting(trace, 'a'),
      { onResponse: ({ response }) => new Response(response.body, { status: 201 }) },
      noting(trace, 'c'),
    ],
  ],
];

const failing: [string, Scenario][] = [
  ['is told of a failure in reverse', (trace) => [noting(trace, 'a'), noting(trace, 'b')]],
  [
    'may put another error in place',
    (trace) => [noting(trace, 'a'), { onError: () => new RangeError('mine') }, noting(trace, 'c')],
  ],
  [
    'may put a response in place of a failure, of which all are told',
    (trace) => [noting(trace, 'a'), { onError: () => Response.json({ id: 'mine' }) }, noting(trace, 'c')],
  ],
];

describe.each([false, true])('middleware (the connection is lost: %s)', (lost) => {
  it.each(lost ? failing : scenarios)("%s, as with openapi-fetch's own client", async (_, scenario) => {
    const run = async (which: 'ours' | 'theirs') => {
      const trace: Trace = [];
      const answer = (url: string, headers: RequestInit['headers']) => {
        trace.push(['sent', url, new Headers(headers).get('X-Mine')]);
        if (lost) throw new TypeError('fetch failed');
        return Response.json({ id: 'theirs' });
      };
      const init = { params: { path: { id: 'a' } } };
      const middleware = scenario(trace) as Middleware[];
      let ended: Promise<unknown>;
      if (which === 'ours') {
        const fetch = async (url: string, { headers }: RequestInit) => answer(url, headers);
        const client = createClient({ baseUrl, apiKey: 'k', fetch, maxRetries: 0 });
        client.use(...middleware);
        ended = client.GET('/projects/{id}', init);
      } else {
        const fetch = async (request: Request) => answer(request.url, request.headers);
        const client = createFetchClient<Record<string, never>>({ baseUrl, fetch });
        client.use(...middleware);
        ended = client.GET('/projects/{id}' as never, init as never);
      }
      const { data, response } = (await ended.catch((error: Error) => ({ data: error.name }))) as {
        data: unknown;
        response?: Response;
      };
      return [...trace, lost && !response ? data !== undefined : data, response?.status];
    };
    expect(await run('ours')).toEqual(await run('theirs'));
  });
});

describe('middleware', () => {
  const fetch = async () => new Response(stream('a', 'b'), { headers: { 'Content-Type': 'text/event-stream' } });

  it('of a client sees its streams, but no key', async () => {
    const { humanloop, requests } = await setUp(async (_, response) => {
      await sendEvents(response, [stream('a', 'b')]);
      response.end();
    });
    const seen: unknown[] = [];
    const middleware = {
      onRequest({ request, schemaPath }: { request: Request; schemaPath: string }) {
        seen.push(schemaPath, request.headers.get('x-api-key'));
        request.headers.set('X-Mine', '1');
        return request;
      },
      onResponse({ response }: { response: Response }) {
        seen.push(response.status);
        return new Response(response.body, response);
      },
    };
    humanloop.use(middleware);
    expect(await collect(await humanloop.chats.createDeployedStream(chat))).toHaveLength(2);
    expect(seen).toEqual(['/chat-deployed', null, 200]);
    expect(requests[0]?.headers).toMatchObject({ 'x-mine': '1', 'x-api-key': 'key' });
    humanloop.eject(middleware);
    await collect(await humanloop.chats.createDeployedStream(chat));
    expect(seen).toHaveLength(3);
  });

  it('of a call runs after that of the client, for that call', async () => {
    const trace: Trace = [];
    const client = createClient({ baseUrl, apiKey: 'k', fetch: async () => Response.json({ id: 'a' }) });
    client.use(noting(trace, 'client'));
    const params = { path: { id: 'a' } };
    await client.GET('/projects/{id}', { params, middleware: [noting(trace, 'call')] });
    await client.GET('/projects/{id}', { params });
    expect(trace.map((entry) => (entry as string[])[0])).toEqual([
      'client',
      'call',
      'call',
      'client',
      'client',
      'client',
    ]);
  });

  it('may answer a stream, whose request id is that of the answer', async () => {
    const client = createClient({ baseUrl, apiKey: 'k', fetch: () => expect.unreachable() });
    const headers = { 'Content-Type': 'text/event-stream', 'X-Request-ID': 'req_mine' };
    client.use({ onRequest: () => new Response(stream('mine'), { headers }) });
    const result = await client.STREAM('/chat-deployed', { body: chat });
    expect(result.requestId).toBe('req_mine');
    expect(await collect(result)).toHaveLength(1);
  });

  it('that is taken away leaves the others', async () => {
    const trace: Trace = [];
    const client = createClient({ baseUrl, apiKey: 'k', fetch: async () => Response.json({}) });
    const gone = noting(trace, 'gone');
    client.use(gone, noting(trace, 'kept'));
    client.eject(gone, noting(trace, 'never there'));
    await client.GET('/projects');
    expect(trace.map((entry) => (entry as string[])[0])).toEqual(['kept', 'kept']);
  });

  it('is told the base URL, and how the body is to be read', async () => {
    const seen: unknown[] = [];
    const client = createClient({ baseUrl, apiKey: 'k', fetch: async () => Response.json({}) });
    client.use({ onRequest: ({ options }) => void seen.push([options.baseUrl, options.parseAs]) });
    await client.GET('/projects');
    await client.GET('/projects', { parseAs: 'text' });
    expect(seen).toEqual([
      [baseUrl, 'json'],
      [baseUrl, 'text'],
    ]);
  });

  it('may put an error in place of a failure, which the next ones and the caller get', async () => {
    const mine = new RangeError('mine');
    const seen: unknown[] = [];
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    const client = createClient({ baseUrl, apiKey: 'k', fetch, maxRetries: 0 });
    client.use({ onError: ({ error }) => void seen.push(error) }, { onError: () => mine });
    expect(await failureOf(client.GET('/projects'))).toBe(mine);
    expect(seen).toEqual([mine]);
  });

  it.each([
    ['onRequest', 'a text'],
    ['onResponse', { id: 'a' }],
    ['onError', 7],
  ])('whose %s returns %j is told what it may return', async (name, result) => {
    const fetch = async () => (name === 'onError' ? Promise.reject(new TypeError('lost')) : Response.json({}));
    const client = createClient({ baseUrl, apiKey: 'k', fetch, maxRetries: 0 });
    client.use({ [name]: () => result } as unknown as Middleware);
    expect(await failureOf(client.GET('/projects'))).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('middleware must return') as string,
    });
  });

  it.each([undefined, null, false, ''])('that returns %j puts nothing in place', async (nothing) => {
    const result = () => nothing as never;
    const middleware = { onRequest: result, onResponse: result, onError: result };
    for (const lost of [false, true]) {
      const fetch = async () => (lost ? Promise.reject(new TypeError('lost')) : Response.json({ id: 'a' }));
      const client = createClient({ baseUrl, apiKey: 'k', fetch, maxRetries: 0 });
      client.use(middleware);
      const ended = client.GET('/projects');
      if (lost) expect(await failureOf(ended)).toMatchObject({ name: 'ConnectionError', code: 'lost' });
      else expect((await ended).data).toEqual({ id: 'a' });
    }
  });

  it('that drops the headers of an answer leaves the call its request id', async () => {
    const headers = { 'X-Request-ID': 'req_1' };
    const client = createClient({ baseUrl, apiKey: 'k', fetch: async () => Response.json({}, { headers }) });
    client.use({ onResponse: ({ response }) => new Response(response.body) });
    expect((await client.GET('/projects')).requestId).toBe('req_1');
  });

  it('that sets an idempotency key makes a generating POST repeatable', async () => {
    let posts = 0;
    const fetch = async () =>
      new Response(null, { status: ++posts === 1 ? 500 : 204, headers: { 'Retry-After': '0' } });
    const client = createClient({ baseUrl, apiKey: 'k', fetch });
    client.use({ onRequest: ({ request }) => request.headers.set('Idempotency-Key', 'job') });
    await client.POST('/sessions');
    expect(posts).toBe(2);
  });

  it('that throws is no lost connection: its error is passed on as it is', async () => {
    const mine = new RangeError('mine');
    for (const where of ['onRequest', 'onResponse'] as const) {
      const client = createClient({ baseUrl, apiKey: 'k', fetch });
      client.use({ [where]: () => Promise.reject(mine) } as unknown as Middleware);
      expect(await failureOf(client.STREAM('/chat-deployed', { body: chat }))).toBe(mine);
    }
  });

  it('has an id for each call, which stays the same within it', async () => {
    const ids: string[] = [];
    const client = createClient({ baseUrl, apiKey: 'k', fetch });
    client.use({ onRequest: ({ id }) => void ids.push(id), onResponse: ({ id }) => void ids.push(id) });
    for (let count = 0; count < 2; count++) await collect(await client.STREAM('/chat-deployed', { body: chat }));
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(2);
  });
});
