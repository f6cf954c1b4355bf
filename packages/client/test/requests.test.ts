import { describe, expect, it } from 'vitest';
import { createClient, Humanloop } from '../src/index.ts';
import { collect, failureOf, stream } from './support/events.ts';
import { chat, failing, setUp } from './support/humanloop.ts';
import { sendEvents, sendJson } from './support/server.ts';

describe('requests', () => {
  it('are sorted into path, query and body', async () => {
    const { humanloop, requests } = await setUp((_, response) => sendJson(response, 200, { records: [] }));
    await humanloop.logs.list({
      project_id: 'pr',
      sort: ['a.asc', 'b.desc'],
      filters: { 'feedback-a&b_filter': 'good' },
    });
    await humanloop.logs.updateByRef({ reference_id: 'r', output: 'o' });
    await humanloop.datasets.createDatapoint({ dataset_id: 'a/b', body: [{ inputs: {} }] });
    await humanloop.logs.log([{ output: 'x' }] as never);
    expect(requests.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'GET /v4/logs?project_id=pr&sort=a.asc&sort=b.desc&feedback-a%26b_filter=good ',
      'PATCH /v4/logs?reference_id=r {"output":"o"}',
      'POST /v4/datasets/a%2Fb/datapoints [{"inputs":{}}]',
      'POST /v4/logs [{"output":"x"}]',
    ]);
  });

  it.each([
    ['a missing path parameter', (h: Humanloop) => h.sessions.get({} as never), 'missing'],
    ['an empty one', (h: Humanloop) => h.sessions.get({ id: '' }), 'missing'],
    ['one that leads elsewhere', (h: Humanloop) => h.sessions.get({ id: '..' }), 'is no id'],
    ['one that leads nowhere', (h: Humanloop) => h.sessions.get({ id: '.' }), 'is no id'],
    ['what is no parameter', (h: Humanloop) => h.projects.list({ sizes: 5 } as never), '`sizes` is no parameter'],
    ['stream: true without a stream', (h: Humanloop) => h.chats.create({ stream: true } as never), 'ends in Stream'],
    [
      'what stands beside a list',
      (h: Humanloop) => h.datasets.createDatapoint({ dataset_id: 'a', body: [], name: 'x' } as never),
      '`name` cannot stand beside a list',
    ],
    ['an array for an object', (h: Humanloop) => h.chats.create([] as never), 'not an array'],
    ['a word for an object', (h: Humanloop) => h.chats.create('hello' as never), 'must be an object'],
  ])('%s is refused before sending', async (_, call, want) => {
    const error = await failureOf(
      call(new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch: () => expect.unreachable() })),
    );
    expect(error).toMatchObject({ code: 'invalid-request' });
    expect(error.message).toContain(want);
  });

  it.each([
    ['an id of dots', { params: { path: { id: '..' } } }, 'is no id'],
    ['an empty id', { params: { path: { id: '' } } }, 'is missing'],
    ['no id', {}, 'is missing'],
    ['stream: true', { params: { path: { id: 'a' } }, body: { stream: true } }, 'call `STREAM`'],
  ])('%s is refused by path, too', async (_, init, want) => {
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch: () => expect.unreachable() });
    for (const call of [client.DELETE, client.GET] as ((path: string, init: object) => Promise<unknown>)[]) {
      const error = await failureOf(call('/projects/{id}', init));
      expect(error).toMatchObject({ name: 'HumanloopError', code: 'invalid-request' });
      expect(error.message).toContain(want);
    }
  });

  it('say that they are JSON, where they have a body', async () => {
    const { humanloop, requests } = await setUp((_, response) => sendJson(response, 200, {}));
    await humanloop.logs.update({ id: 'a', output: 'x' });
    await humanloop.sessions.get({ id: 'a' });
    await humanloop.sessions.create();
    expect(requests.map(({ headers }) => headers['content-type'])).toEqual(['application/json', undefined, undefined]);
  });

  it('withResponse gives the raw answer, and its failure only once', async () => {
    const { humanloop } = await setUp(failing(404, 1));
    expect(await failureOf(humanloop.sessions.create().withResponse())).toMatchObject({ status: 404 });
    const { data, response, requestId } = await humanloop.sessions.create().withResponse();
    expect([data, response.status, requestId, response.url.endsWith('/sessions')]).toEqual([
      { id: 'ok', data: [] },
      200,
      'req_1',
      true,
    ]);
  });

  it('createClient calls by path', async () => {
    const { baseUrl, requests } = await setUp(async (request, response) => {
      if (!request.url.includes('chat')) return sendJson(response, 200, { records: [] });
      await sendEvents(response, [stream('a', 'b')]);
      response.end();
    });
    const client = createClient({ baseUrl, apiKey: 'key' });
    const { data, response } = await client.GET('/projects', { params: { query: { page: 2 } } });
    expect([data, response.status]).toEqual([{ records: [] }, 200]);
    await client.PATCH('/logs/{id}', { params: { path: { id: 'a' } }, body: { output: 'x' } });
    await client.DELETE('/projects/{id}', { params: { path: { id: 'a' } }, parseAs: 'text' });
    expect(await collect(await client.STREAM('/chat-deployed', { body: chat }))).toHaveLength(2);
    expect(requests.map(({ url }) => url)).toEqual([
      '/v4/projects?page=2',
      '/v4/logs/a',
      '/v4/projects/a',
      '/v4/chat-deployed',
    ]);
  });

  it('createClient takes middleware and leaves undefined parameters out', async () => {
    const urls: string[] = [];
    const client = createClient({
      baseUrl: 'http://x.test',
      apiKey: 'k',
      fetch: async (url) => {
        urls.push(url);
        return Response.json({ records: [] });
      },
    });
    const seen: string[] = [];
    const middleware = { onRequest: ({ schemaPath }: { schemaPath: string }) => void seen.push(schemaPath) };
    client.use(middleware);
    await client.GET('/projects', { params: { query: { page: undefined as never, filter: new Date(0) as never } } });
    client.eject(middleware);
    await client.GET('/projects');
    expect(seen).toEqual(['/projects']);
    expect(urls[0]).toBe('http://x.test/projects?filter=1970-01-01T00%3A00%3A00.000Z');
  });

  it.each([
    ['a question mark at its end', { filter: 'why?' }, 'filter=why%3F'],
    [
      'dates and objects in an array',
      { filter: [new Date(0), { a: [1, null] }, 'b'] },
      'filter=1970-01-01T00%3A00%3A00.000Z&a=1&filter=b',
    ],
    ['nothing but what has no value', { filter: [], a: {}, b: null }, ''],
  ])('a query of %s goes as it is', async (_, query, want) => {
    let sent = '';
    const fetch = async (url: string) => Response.json({ url: (sent = url) });
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    await client.GET('/projects', { params: { query: query as object } });
    expect(sent).toBe(`http://x.test/projects${want && '?'}${want}`);
  });
});

/** What goes over the wire for a list of logs. */
async function send(request: object): Promise<{ url: string; body: unknown }> {
  const sent: { url: string; body: unknown }[] = [];
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    maxRetries: 0,
    fetch: async (url, init) => {
      sent.push({ url, body: init.body });
      return Response.json({ records: [], page: 0, size: 0, total: 0 });
    },
  });
  await humanloop.logs.list(request as { project_id: string });
  return sent[0]!;
}

describe('what has no value', () => {
  it('is left out of the query, null as well', async () => {
    const { url } = await send({ project_id: 'pr_1', page: undefined, search: null, size: 10 });
    expect(new URL(url).search).toBe('?project_id=pr_1&size=10');
  });

  it('is no mistake where there is no such parameter', async () => {
    const { url, body } = await send({ project_id: 'pr_1', nothing: undefined });
    expect(new URL(url).search).toBe('?project_id=pr_1');
    expect(body ?? null).toBeNull();
  });
});
