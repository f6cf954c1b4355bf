import { describe, expect, it, vi } from 'vitest';
import { type ClientOptions, type Fetch, Humanloop, type RateLimitError } from '../src/index.ts';
import { computeDelayMs, parseRetryAfter } from '../src/retry.ts';
import { collect, failureOf, piece, sse } from './support/events.ts';
import { chat, failing, setUp } from './support/humanloop.ts';
import { type Handler, type Received, sendEvents, sendJson } from './support/server.ts';

const resetting: Handler = (request) => void request.socket.resetAndDestroy();
/** Answers with headers and half a body, then breaks. */
const tearing: Handler = async (request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
  response.write('{');
  setTimeout(() => request.socket.resetAndDestroy(), 20);
};

describe('retries', () => {
  it.each([
    ['GET', 429, 3],
    ['GET', 503, 3],
    ['GET', 500, 3],
    ['GET', 502, 3],
    ['GET', 404, 1],
    ['GET', 422, 1],
    ['POST', 429, 3],
    ['POST', 503, 3],
    ['POST', 500, 1],
    ['POST', 502, 1],
    ['POST', 400, 1],
    ['PATCH', 500, 1],
    ['DELETE', 500, 3],
  ] as const)('%s with %i is sent %i times', async (method, status, want) => {
    const { humanloop, requests } = await setUp(failing(status));
    const call = {
      GET: () => humanloop.sessions.get({ id: 'a' }),
      POST: () => humanloop.chats.createDeployed(chat),
      PATCH: () => humanloop.logs.update({ id: 'a' }),
      DELETE: () => humanloop.projects.delete({ id: 'a' }),
    }[method];
    expect(await failureOf(call())).toMatchObject({ status });
    expect(requests).toHaveLength(want);
  });

  it.each([
    ['a connection reset before the answer', resetting],
    ['a connection lost within the body', tearing],
  ])('%s: GET is repeated, a generating POST is not', async (_, handler) => {
    const { humanloop, requests } = await setUp((request, response, count) =>
      request.method === 'GET' && count === 2
        ? sendJson(response, 200, { id: 'x' })
        : handler(request, response, count),
    );
    expect(await humanloop.sessions.get({ id: 'a' })).toEqual({ id: 'x' });
    expect(requests).toHaveLength(2);
    for (const call of [() => humanloop.chats.createDeployed(chat), () => humanloop.sessions.create()]) {
      expect(await failureOf(call())).toMatchObject({ name: 'ConnectionError', code: 'lost', retryable: false });
    }
    expect(requests).toHaveLength(4);
  });

  it.each([
    ['stalls', () => {}],
    ['is cut', (request: Received) => void setTimeout(() => request.socket.resetAndDestroy(), 20)],
  ])('an error whose body %s keeps its status, and is repeated as that says', async (_, end) => {
    const { humanloop, requests } = await setUp(
      (request, response) => {
        response.writeHead(request.url.includes('chat') ? 429 : 500, { 'Retry-After': '0', 'Content-Length': '100' });
        response.write('{"detail":');
        end(request);
      },
      { maxRetries: 1, timeout: { idleMs: 100 } },
    );
    expect(await failureOf(humanloop.chats.createDeployed(chat))).toMatchObject({ status: 429 });
    expect(requests).toHaveLength(2);
    expect(await failureOf(humanloop.sessions.create())).toMatchObject({ status: 500 });
    expect(requests).toHaveLength(3);
  });

  it('the body of an error is read within bounds, and given up', async () => {
    let sent = 0;
    let cancelled = 0;
    const fetch = async () => {
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        controller.enqueue(new Uint8Array(65_536));
        // An end: what reads without bounds must fail here, and not go on for ever.
        if ((sent += 65_536) > 10_000_000) controller.close();
      };
      return new Response(new ReadableStream({ pull, cancel: () => void cancelled++ }), { status: 500 });
    };
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    for (const call of [() => humanloop.sessions.create(), () => humanloop.chats.createDeployedStream(chat)]) {
      sent = 0;
      cancelled = 0;
      expect(await failureOf(call())).toMatchObject({ status: 500 });
      expect(sent).toBeLessThan(2_000_000);
      expect(cancelled).toBe(1);
    }
  });

  it('a refused connection is repeated for every method', async () => {
    const { baseUrl, server } = await setUp(() => {});
    server.close();
    const onRetry = vi.fn<() => void>();
    const humanloop = new Humanloop({ baseUrl, apiKey: 'key', onRetry });
    const error = await failureOf(humanloop.chats.createDeployedStream(chat));
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'refused', phase: 'connect', retryable: true });
    expect(error.message).toBe(
      `POST /chat-deployed: no connection to ${new URL(baseUrl).origin}; is the server running?`,
    );
    expect(onRetry).toHaveBeenCalledTimes(2);
  });

  it('a stream is not repeated after its headers, and is before them', async () => {
    const { humanloop, requests } = await setUp(async (request, response, count) => {
      if (count === 1) return sendJson(response, 503, {}, { 'Retry-After': '0' });
      await sendEvents(response, [sse(piece('a'))]);
      setTimeout(() => request.socket.resetAndDestroy(), 10);
    });
    const result = await humanloop.chats.createDeployedStream(chat);
    expect(await failureOf(collect(result))).toMatchObject({ code: 'disconnected' });
    expect(requests).toHaveLength(2);
    expect(result.stats.retries).toBe(1);
  });

  it('an idempotency key makes a generating POST repeatable, and is the same each time', async () => {
    const { humanloop, requests } = await setUp((request, response, count) =>
      count === 1
        ? sendJson(response, 500, {})
        : count === 2
          ? resetting(request, response, count)
          : sendJson(response, 200, {}),
    );
    await humanloop.chats.createDeployed(chat, { idempotencyKey: true });
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
    expect(new Set(keys).size).toBe(1);
  });

  it('maxRetries counts repetitions, for the client and for a call', async () => {
    const { humanloop, requests } = await setUp(failing(503), { maxRetries: 1 });
    await failureOf(humanloop.sessions.create());
    expect(requests).toHaveLength(2);
    await failureOf(humanloop.sessions.create(undefined, { maxRetries: 0 }));
    expect(requests).toHaveLength(3);
  });

  it('waits as long as Retry-After says, in seconds or until a date', async () => {
    for (const write of [() => '1', () => new Date(Date.now() + 2000).toUTCString()]) {
      const { humanloop } = await setUp(failing(429, 1, { 'Retry-After': write() }));
      const start = Date.now();
      await humanloop.sessions.create();
      expect(Date.now() - start).toBeGreaterThan(900);
    }
  });

  it('a wait above maxRetryDelayMs fails at once and says how long', async () => {
    const { humanloop, requests } = await setUp(failing(429, 9, { 'Retry-After': '120' }));
    const error = await failureOf<RateLimitError>(humanloop.chats.createDeployed(chat));
    expect(error.message).toBe('POST /chat-deployed: 429 rate limited, retry after 120 s (req_1)');
    expect(error).toMatchObject({ retryAfterMs: 120_000, retryable: true });
    expect(requests).toHaveLength(1);
  });

  it('an option that a call sets to undefined is that of the client', async () => {
    const { humanloop } = await setUp(
      (_, response) => void sendEvents(response, [sse(piece('a'))]).then(() => response.end()),
      {
        onIncomplete: 'end',
        maxEventBytes: 10,
      },
    );
    const options = { onIncomplete: undefined, maxEventBytes: undefined, maxRetries: undefined };
    const result = await humanloop.chats.createDeployedStream(chat, options);
    expect(await failureOf(collect(result))).toMatchObject({ code: 'too-large' });
    const whole = await humanloop.chats.createDeployedStream(chat, { ...options, maxEventBytes: 1000 });
    expect(await collect(whole)).toHaveLength(1);
  });

  it('an abort ends the wait at once', async () => {
    const { humanloop } = await setUp(failing(429, 9, { 'Retry-After': '30' }));
    const start = performance.now();
    const failure = failureOf(humanloop.sessions.create(undefined, { signal: AbortSignal.timeout(50) }));
    expect(await failure).toMatchObject({ name: 'AbortError', cause: { name: 'TimeoutError' } });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('onRetry is told each time', async () => {
    const events: unknown[] = [];
    const { humanloop } = await setUp(failing(503, 1), { onRetry: (event) => events.push(event) });
    await humanloop.sessions.create();
    expect(events).toMatchObject([{ label: 'POST /sessions', retry: 1, delayMs: 0, error: { status: 503 } }]);
  });

  it('Retry-After in the form of asctime is in GMT', () => {
    vi.stubEnv('TZ', 'America/New_York');
    const [, weekday, day, month, year, time] = /(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(
      new Date(Date.now() + 60_000).toUTCString(),
    ) as unknown as string[];
    expect(parseRetryAfter(`${weekday} ${month} ${day} ${time} ${year}`)).toBeLessThan(61_000);
    vi.unstubAllEnvs();
  });

  it.each([
    [1, 500],
    [2, 1000],
    [4, 4000],
    [5, 8000],
    [20, 8000],
  ])('the wait before repetition %i is anywhere up to %i ms', (retry, longest) => {
    const waitsUpTo = (longestMs: number) =>
      Array.from({ length: 2000 }, () => computeDelayMs(retry, undefined, longestMs)).toSorted((a, b) => a - b);
    const waits = waitsUpTo(60_000);
    expect(waits[0]).toBeLessThan(longest * 0.1);
    expect(waits.at(-1)).toBeGreaterThan(longest * 0.9);
    expect(waits.at(-1)).toBeLessThanOrEqual(longest);
    // What the caller waits at most shortens our waits; only what a server asks for fails above it.
    expect(waitsUpTo(100).at(-1)).toBeLessThanOrEqual(100);
    expect(computeDelayMs(retry, 5000, 100)).toBe(5000);
  });

  it.each([
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['3', 3000],
    ['0.5', 500],
    ['-3', undefined],
    ['0x10', undefined],
    ['1e3', undefined],
    ['5, 10', undefined],
    ['soon 1', undefined],
    ['Infinity', undefined],
    ['Wed Oct 21 07:28:00 2015', 0],
    ['Wednesday, 21-Oct-15 07:28:00 GMT', 0],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ])('Retry-After %s is %s ms', (given, want) => {
    expect(parseRetryAfter(given)).toBe(want);
  });
});

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
    const { code } = await failureOf(humanloop.chats.createDeployed(chat));
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
  expect(await failureOf(humanloop.chats.createDeployed(chat))).toMatchObject({
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

it.each([
  ['an empty key', { headers: { 'Idempotency-Key': '' } }],
  ['a key of blanks', { idempotencyKey: ' ' }],
])('%s is no idempotency key', async (_, options) => {
  const { humanloop, requests } = await setUp(failing(500));
  expect(await failureOf(humanloop.chats.createDeployed(chat, options))).toMatchObject({ retryable: false });
  expect(requests).toHaveLength(1);
});

it.each([
  ['waits', failing(503, 9, { 'Retry-After': '5' }), 'key'],
  ['asks for its key', failing(200), () => new Promise<string>(() => {})],
] as const)('middleware is told of a call that ends while it %s', async (_, handler, apiKey) => {
  const { humanloop } = await setUp(handler, { apiKey });
  let open = 0;
  humanloop.use({ onRequest: () => void open++, onResponse: () => void open--, onError: () => void open-- });
  expect(await failureOf(humanloop.sessions.create(undefined, { timeout: 50 }))).toMatchObject({
    code: 'total-timeout',
  });
  await vi.waitFor(() => expect(open).toBe(0));
});
