import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type CallOptions,
  type ClientOptions,
  createClient,
  type Fetch,
  Humanloop,
  HumanloopError,
  type HumanloopOptions,
} from '../src/index.ts';
import { failureOf } from './support/events.ts';
import { chat, failing, setUp } from './support/humanloop.ts';

/** What goes over the wire when the client and the call say these things. */
async function send(client: ClientOptions, call: CallOptions = {}): Promise<{ url: string; headers: Headers }> {
  const sent: { url: string; headers: Headers }[] = [];
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1/v4',
    apiKey: 'key',
    maxRetries: 0,
    ...client,
    fetch: async (url, init) => {
      sent.push({ url, headers: new Headers(init.headers) });
      return Response.json({ id: 'sesh_1' });
    },
  });
  await humanloop.sessions.get({ id: 'sesh_1' }, call);
  return sent[0]!;
}

describe('the base URL', () => {
  it.each(['', '/', '//'])('may end in "%s"', async (end) => {
    const { url } = await send({ baseUrl: `http://127.0.0.1:1/v4${end}` });
    expect(url).toBe('http://127.0.0.1:1/v4/sessions/sesh_1');
  });

  it('may be a URL object', async () => {
    expect((await send({ baseUrl: new URL('http://127.0.0.1:1') })).url).toBe('http://127.0.0.1:1/sessions/sesh_1');
  });
});

describe('a header', () => {
  it('of the call stands above that of the client, and is told apart without regard to case', async () => {
    const { headers } = await send({ headers: { 'X-Team': 'a', 'X-Other': 'b' } }, { headers: { 'x-team': 'c' } });
    expect(headers.get('X-Team')).toBe('c');
    expect(headers.get('X-Other')).toBe('b');
  });

  it('of the client is removed by null, and is kept by undefined', async () => {
    const own = { 'X-Team': 'a', 'X-Other': 'b' };
    const { headers } = await send({ headers: own }, { headers: { 'X-Team': null, 'X-Other': undefined } });
    expect(headers.has('X-Team')).toBe(false);
    expect(headers.get('X-Other')).toBe('b');
  });

  it('of either may stand in place of Accept', async () => {
    const { headers } = await send({ headers: { Accept: 'text/a' } });
    expect(headers.get('Accept')).toBe('text/a');
    expect((await send({}, { headers: { Accept: 'text/b' } })).headers.get('Accept')).toBe('text/b');
  });
});

describe('withOptions()', () => {
  const send = async (humanloop: Humanloop): Promise<void> => void (await humanloop.sessions.create());
  const setUp = (more: HumanloopOptions = {}) => {
    const sent: { url: string; headers: Headers }[] = [];
    const fetch: Fetch = async (url, init) => {
      sent.push({ url, headers: new Headers(init.headers) });
      return Response.json({ id: 'sesh_1' });
    };
    return { sent, humanloop: new Humanloop({ baseUrl: 'http://a.test', apiKey: 'key', fetch, ...more }) };
  };

  it('makes a client whose options stand above those of the first, which stay', async () => {
    const { humanloop, sent } = setUp({ headers: { 'X-Team': 'a' } });
    await send(humanloop.withOptions({ baseUrl: 'http://b.test', apiKey: undefined }));
    await send(humanloop);
    expect(sent.map(({ url }) => new URL(url).host)).toEqual(['b.test', 'a.test']);
    expect(sent.map(({ headers }) => headers.get('X-API-KEY'))).toEqual(['key', 'key']);
    expect(sent.map(({ headers }) => headers.get('X-Team'))).toEqual(['a', 'a']);
  });

  it('merges headers and deadlines, as a call does', async () => {
    const { humanloop, sent } = setUp({ headers: { 'X-Team': 'a', 'X-App': 'b' } });
    await send(humanloop.withOptions({ headers: { 'X-App': 'c', Accept: null } }));
    const { headers } = sent[0] as { headers: Headers };
    expect([headers.get('X-Team'), headers.get('X-App'), headers.get('Accept')]).toEqual(['a', 'c', null]);
    const hanging: Fetch = () => new Promise(() => {});
    const impatient = setUp({ fetch: hanging, timeout: { totalMs: 20 } }).humanloop;
    expect(await failureOf(send(impatient.withOptions({ timeout: { idleMs: 5 } })))).toMatchObject({
      code: 'total-timeout',
    });
  });

  it('keeps the provider keys', async () => {
    const bodies: unknown[] = [];
    const fetch: Fetch = async (_, { body }) => {
      bodies.push(JSON.parse(body as string));
      return Response.json({});
    };
    const humanloop = new Humanloop({
      baseUrl: 'http://a.test',
      apiKey: 'key',
      fetch,
      providerApiKeys: { openai: 'k' },
    });
    await humanloop.withOptions({ maxRetries: 0 }).chats.createDeployed(chat);
    expect(bodies).toMatchObject([{ provider_api_keys: { openai: 'k' } }]);
  });

  it('keeps the middleware that is in use, and shares no other', async () => {
    const { humanloop, sent } = setUp();
    const mark = (name: string) => ({
      onRequest: ({ request }: { request: Request }) => request.headers.append('X-Mark', name),
    });
    const [kept, ejected, late] = [mark('kept'), mark('ejected'), mark('late')];
    humanloop.use(kept, ejected);
    humanloop.eject(ejected);
    const other = humanloop.withOptions({});
    humanloop.use(late);
    await send(other);
    await send(humanloop);
    expect(sent.map(({ headers }) => headers.get('X-Mark'))).toEqual(['kept', 'kept, late']);
  });
});

describe('configuration', () => {
  afterEach(() => vi.unstubAllEnvs().unstubAllGlobals());

  it.each([
    [{ apiKey: 'k' }, 'the base URL is missing: set `baseUrl` or HUMANLOOP_BASE_URL'],
    [{ apiKey: 'k', baseUrl: 'localhost:1' }, 'the base URL must be'],
    [{ apiKey: 'k', baseUrl: 'http://me:secret@x.test' }, 'the base URL must be'],
    [{ baseUrl: 'http://x.test' }, 'the API key is missing'],
  ])('%j: one clear sentence', (options, want) => {
    vi.stubEnv('HUMANLOOP_API_KEY', '').stubEnv('HUMANLOOP_BASE_URL', '');
    for (const make of [() => new Humanloop(options), () => createClient(options)]) {
      expect(make).toThrow(want);
      expect(make).not.toThrow('secret');
      expect(make).toThrow(HumanloopError);
    }
  });

  it('the environment fills in key and base URL', async () => {
    const { baseUrl, requests } = await setUp(failing(200));
    vi.stubEnv('HUMANLOOP_API_KEY', 'from-env\n').stubEnv('HUMANLOOP_BASE_URL', `${baseUrl}/`);
    await new Humanloop().sessions.create();
    expect(requests[0]).toMatchObject({ url: '/v4/sessions', headers: { 'x-api-key': 'from-env' } });
  });

  it('keys may be functions, asked for each attempt', async () => {
    const { baseUrl, requests } = await setUp(failing(503, 1));
    let count = 0;
    await new Humanloop({ baseUrl, apiKey: async () => `key-${++count}` }).sessions.create();
    expect(requests.map(({ headers }) => headers['x-api-key'])).toEqual(['key-1', 'key-2']);
  });

  it('a header may bring the key instead', async () => {
    const { baseUrl, requests } = await setUp(failing(200));
    for (const headers of [{ 'x-api-key': 'mine' }, new Headers({ 'X-API-KEY': 'mine' })]) {
      await new Humanloop({ baseUrl, headers }).sessions.create();
      expect(requests.at(-1)?.headers['x-api-key']).toBe('mine');
    }
  });

  it('provider keys fill in what a call leaves open, where the operation has them', async () => {
    const { humanloop, requests } = await setUp(failing(200), { providerApiKeys: { openai: 'a', cohere: 'b' } });
    await humanloop.chats.createDeployed({ ...chat, provider_api_keys: { openai: 'mine' } });
    await humanloop.sessions.create();
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ provider_api_keys: { openai: 'mine', cohere: 'b' } });
    expect(requests[1]?.body).toBe('');
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

  it('a page may not hold a key, unless told so or by a function', async () => {
    vi.stubGlobal('window', {}).stubGlobal('document', {});
    const baseUrl = 'http://x.test';
    for (const options of [
      { apiKey: 'k' },
      { headers: { 'x-api-key': 'k' } },
      { apiKey: () => 'k', headers: { 'X-API-KEY': 'k' } },
      { apiKey: () => 'k', providerApiKeys: { openai: 'k' } },
    ]) {
      expect(() => new Humanloop({ baseUrl, ...options })).toThrow('dangerouslyAllowBrowser');
    }
    expect(new Humanloop({ baseUrl, apiKey: 'k', dangerouslyAllowBrowser: true })).toBeDefined();
    const call = new Humanloop({ baseUrl, apiKey: () => 'k' }).sessions.create(undefined, {
      headers: { 'X-API-KEY': 'k' },
    });
    expect((await failureOf(call)).message).toContain('dangerouslyAllowBrowser');
    expect(new Humanloop({ baseUrl, apiKey: () => 'k' })).toBeDefined();
  });

  it('a resource is the same each time', () => {
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k' });
    expect(humanloop.chats).toBe(humanloop.chats);
  });

  it('fetch is looked up when it is called', async () => {
    const humanloop = new Humanloop({ baseUrl: 'http://x.test/v4', apiKey: 'k' });
    const fetch = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(async () => Response.json({ id: 'x' }));
    vi.stubGlobal('fetch', fetch);
    expect(await humanloop.sessions.create()).toEqual({ id: 'x' });
    expect(fetch.mock.calls[0]?.[0]).toBe('http://x.test/v4/sessions');
    await humanloop.chats.createDeployed(chat, { fetch, headers: { 'X-Mine': '1' } });
    expect(fetch.mock.calls[1]?.[1]).toMatchObject({ method: 'POST', body: JSON.stringify(chat) });
    expect(new Headers(fetch.mock.calls[1]?.[1].headers).get('x-mine')).toBe('1');
  });
});

it('an iterator of headers serves all calls, and clients made of its own', async () => {
  const { humanloop, requests } = await setUp(failing(200), { headers: new Headers({ 'X-Mine': '1' }).entries() });
  await humanloop.sessions.create();
  await humanloop.withOptions({ maxRetries: 0 }).sessions.create();
  expect(requests.map((request) => request.headers['x-mine'])).toEqual(['1', '1']);
});

it('an iterator of headers serves all calls by path', async () => {
  const { baseUrl, requests } = await setUp(failing(200));
  const client = createClient({ baseUrl, apiKey: 'key', headers: new Headers({ 'X-Mine': '1' }).entries() });
  await client.POST('/sessions');
  await client.POST('/sessions');
  expect(requests.map((request) => request.headers['x-mine'])).toEqual(['1', '1']);
});

it('a provider key that is undefined leaves the one of the client', async () => {
  const { humanloop, requests } = await setUp(failing(200), { providerApiKeys: { openai: 'a' } });
  const provider_api_keys = { openai: undefined, cohere: 'b' } as { cohere: string };
  await humanloop.chats.createDeployed({ ...chat, provider_api_keys });
  expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ provider_api_keys: { openai: 'a', cohere: 'b' } });
});
