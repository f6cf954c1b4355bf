import { describe, expect, it } from 'vitest';
import { type ClientOptions, type Fetch, Humanloop } from '../src/index.ts';
import { failureOf } from './support/events.ts';

/** A client whose server gives these answers, then a good one; and the requests that it sent. */
function connect(answers: Response[], options: ClientOptions = {}): { humanloop: Humanloop; sent: RequestInit[] } {
  const sent: RequestInit[] = [];
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    ...options,
    fetch: async (_, init) => {
      sent.push(init);
      return answers.shift() ?? Response.json({ id: 'sesh_1' });
    },
  });
  return { humanloop, sent };
}

it('408 is not retried: nobody says whether the work was done', async () => {
  const { humanloop, sent } = connect([new Response(null, { status: 408 })]);
  await expect(humanloop.sessions.create()).rejects.toMatchObject({ status: 408 });
  expect(sent).toHaveLength(1);
});

it('a POST does not follow a 302, which would make a GET of it', async () => {
  const { humanloop, sent } = connect([new Response(null, { status: 302, headers: { Location: '/elsewhere' } })]);
  await expect(humanloop.sessions.create()).rejects.toMatchObject({ code: 'redirect' });
  expect(sent).toHaveLength(1);
});

it('each call has an idempotency key of its own, and its attempts the same', async () => {
  const busy = new Response(null, { status: 503, headers: { 'Retry-After': '0' } });
  const { humanloop, sent } = connect([busy], { idempotencyKey: true });
  await humanloop.sessions.create();
  await humanloop.sessions.create();
  const [first, again, second] = sent.map(({ headers }) => new Headers(headers).get('Idempotency-Key'));
  expect(first).toMatch(/^[\da-f-]{36}$/);
  expect(again).toBe(first);
  expect(second).not.toBe(first);
});

it('clients that fail together do not come back together', async () => {
  const delays = new Set<number>();
  const calls = Array.from({ length: 6 }, () => {
    const onRetry = ({ delayMs }: { delayMs: number }): void => void delays.add(delayMs);
    return connect([new Response(null, { status: 503 })], { onRetry }).humanloop.sessions.create();
  });
  await Promise.all(calls);
  expect(delays.size).toBeGreaterThan(1);
});

describe('a connection that was never made', () => {
  const fail = (message: string, more: object = {}, options: ErrorOptions = {}) =>
    Object.assign(new Error(message, options), more);
  const attempt = async (failure: unknown, baseUrl = 'http://x.test') => {
    let posts = 0;
    const fetch = () => Promise.reject(failure instanceof Error && ++posts ? failure : undefined);
    const humanloop = new Humanloop({ baseUrl, apiKey: 'k', fetch, onRetry: () => {}, maxRetries: 1 });
    const { code } = await failureOf(humanloop.chats.createDeployed({ project: 'p', messages: [] }));
    return { code, posts };
  };
  const refused = fail('connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect' });
  const lost = fail('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' });

  it.each([
    ['Node: refused', new TypeError('fetch failed', { cause: refused })],
    ['Node: refused at its port', fail('connect', { code: 'ECONNREFUSED', syscall: 'connect', port: 80 })],
    ['Node: its own name', fail('getaddrinfo', { syscall: 'getaddrinfo', hostname: 'x.test' })],
    ['Node: no route', fail('connect EHOSTUNREACH', { code: 'EHOSTUNREACH', syscall: 'connect' })],
    ['Node: no such name', fail('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['Node: each address of a name', new TypeError('fetch failed', { cause: new AggregateError([refused, refused]) })],
    ['Undici: too slow', fail('Connect Timeout Error', { code: 'UND_ERR_CONNECT_TIMEOUT' })],
    ['Undici: a port that browsers do not call', new TypeError('fetch failed', { cause: fail('bad port') })],
    ['Bun: refused', fail('Unable to connect.', { code: 'ECONNREFUSED' })],
    [
      'Deno: refused',
      fail('error sending request for url (http://x.test/): client error (Connect): tcp connect error'),
    ],
  ])('%s is repeated for a request that generates', async (_, failure) => {
    expect(await attempt(failure)).toEqual({ code: 'refused', posts: 2 });
  });

  it('an error that is its own cause is a lost connection', async () => {
    const failure: Error = new Error('lost');
    failure.cause = failure;
    expect(await attempt(failure)).toEqual({ code: 'lost', posts: 1 });
  });

  it('errors that go round are a lost connection', async () => {
    const failure = new AggregateError([]);
    failure.errors.push(failure);
    expect(await attempt(failure)).toEqual({ code: 'lost', posts: 1 });
  });

  it.each([
    ['another port', fail('connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect', port: 9 })],
    ['another name', fail('getaddrinfo ENOTFOUND', { syscall: 'getaddrinfo', hostname: 'audit.test' })],
    ['no route any more, after it was sent', fail('read EHOSTUNREACH', { code: 'EHOSTUNREACH', syscall: 'read' })],
    ['a message that quotes the URL', fail('request to http://refused.test/ failed, reason: socket hang up')],
    ['a message that quotes the request', fail('cannot send {"messages":"connection refused: ENOTFOUND, dns error"}')],
    ['an empty list of errors', fail('failed', { errors: [] })],
    ['errors that are no list', fail('failed', { errors: { code: 'ECONNREFUSED' } })],
    ['one of two that was not refused', new AggregateError([refused, lost])],
  ])('%s is not', async (_, failure) => {
    expect(await attempt(failure, 'http://refused.test')).toEqual({ code: 'lost', posts: 1 });
  });
});

it('a wait longer than timers are is not begun', async () => {
  let posts = 0;
  const fetch = async () => {
    posts++;
    return new Response(null, { status: 503, headers: { 'Retry-After': '3000000' } });
  };
  const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, maxRetryDelayMs: Infinity });
  expect(await failureOf(humanloop.sessions.create())).toMatchObject({ status: 503, retryAfterMs: 3_000_000_000 });
  expect(posts).toBe(1);
});

it('a client takes no idempotency key for all its calls, and pages get keys of their own', async () => {
  const options = { baseUrl: 'http://x.test', apiKey: 'k' };
  // @ts-expect-error -- true or false
  expect(() => new Humanloop({ ...options, idempotencyKey: 'job' })).toThrow(/`idempotencyKey` of a client/);
  const keys: (string | null)[] = [];
  const fetch: Fetch = async (_, { headers }) => {
    keys.push(new Headers(headers).get('Idempotency-Key'));
    return Response.json({ records: keys.length < 3 ? [{ id: keys.length }] : [], page: 0, size: 1, total: 9 });
  };
  const pages = new Humanloop({ ...options, fetch }).projects.list({}, { idempotencyKey: 'job' });
  for await (const _ of pages);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(3);
  expect(keys[0]).toBe('job');
});

it('a number of retries that is none repeats nothing', async () => {
  let posts = 0;
  const fetch = async () => {
    posts++;
    return new Response(null, { status: 503 });
  };
  const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, maxRetries: NaN });
  expect(await failureOf(humanloop.sessions.create())).toMatchObject({ status: 503 });
  expect(posts).toBe(1);
});

it('what a nested client lost in a fetch or a key function is not ours to repeat', async () => {
  let posts = 0;
  const refuse = async () => {
    posts++;
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' });
    return Promise.reject(new TypeError('fetch failed', { cause }));
  };
  const nested = new Humanloop({ baseUrl: 'http://127.0.0.1:1', apiKey: 'k', fetch: refuse, maxRetries: 0 });
  const refused = await failureOf(nested.sessions.create());
  expect(refused).toMatchObject({ code: 'refused', retryable: true });
  posts = 0;
  // Its request may have gone out before, to be billed.
  const fetch = async () => {
    posts++;
    return Promise.reject(refused);
  };
  const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
  expect(await failureOf(humanloop.chats.createDeployed({ project: 'p', messages: [] }))).toMatchObject({
    code: 'lost',
    retryable: false,
    message: expect.stringContaining('http://x.test') as string,
  });
  expect(posts).toBe(1);
  let asked = 0;
  const apiKey = async () => {
    asked++;
    return Promise.reject(refused);
  };
  expect(await failureOf(new Humanloop({ baseUrl: 'http://x.test', apiKey }).sessions.create())).toBe(refused);
  expect(asked).toBe(1);
});

it('an attempt without an answer has no request id of the one before', async () => {
  const busy = new Response(null, { status: 503, headers: { 'Retry-After': '0', 'X-Request-ID': 'req_1' } });
  const fetch = async () => (fetched++ === 0 ? busy : Promise.reject(new Error('lost')));
  let fetched = 0;
  const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, maxRetries: 1 });
  const error = await failureOf(humanloop.sessions.get({ id: 'a' }));
  expect(error).toMatchObject({ code: 'lost' });
  expect(error).not.toHaveProperty('requestId');
  expect(error.message).not.toContain('req_1');
});
