import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ApiError,
  type AuthenticationError,
  type BadRequestError,
  ConnectionError,
  createClient,
  type Fetch,
  Humanloop,
  HumanloopError,
  type HumanloopOptions,
  type InternalServerError,
  type NotFoundError,
  RateLimitError,
  type ServiceUnavailableError,
  type UnprocessableEntityError,
} from '../src/index.ts';
import * as api from '../src/api-error.ts';
import { createCall, NO_TIMEOUTS } from '../src/call.ts';
import { computeDelayMs, parseRetryAfter } from '../src/retry.ts';
import { collect, failureOf, piece, sse, stream } from './support/events.ts';
import { type Handler, type Received, sendEvents, sendJson, startServer } from './support/server.ts';

async function setUp(handler: Handler, options: HumanloopOptions = {}) {
  const server = await startServer(handler);
  return { ...server, humanloop: new Humanloop({ baseUrl: server.baseUrl, apiKey: 'key', ...options }) };
}

const chat = { project: 'p', messages: [] };
const failing =
  (status: number, times = 9, headers: Record<string, string> = { 'Retry-After': '0' }): Handler =>
  (_, response, count) =>
    count > times || status === 200
      ? sendJson(response, 200, { id: 'ok', data: [] })
      : sendJson(response, status, { detail: 'no' }, headers);
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

  it('the body of an error is read within bounds', async () => {
    let sent = 0;
    const fetch = async () => {
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        controller.enqueue(new Uint8Array(65_536));
        // An end: what reads without bounds must fail here, and not go on for ever.
        if ((sent += 65_536) > 10_000_000) controller.close();
      };
      return new Response(new ReadableStream({ pull }), { status: 500 });
    };
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    expect(await failureOf(humanloop.sessions.create())).toMatchObject({ status: 500 });
    expect(sent).toBeLessThan(2_000_000);
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

describe('errors', () => {
  /** What the types of a class say of it. */
  type Literals<E extends ApiError> = Pick<E, 'name' | 'code'>;
  const literals = {
    400: { name: 'BadRequestError', code: 'bad-request' } satisfies Literals<BadRequestError>,
    401: { name: 'AuthenticationError', code: 'not-authenticated' } satisfies Literals<AuthenticationError>,
    403: { name: 'ApiError', code: 'error' } satisfies Literals<ApiError>,
    404: { name: 'NotFoundError', code: 'not-found' } satisfies Literals<NotFoundError>,
    422: {
      name: 'UnprocessableEntityError',
      code: 'unprocessable-entity',
    } satisfies Literals<UnprocessableEntityError>,
    429: { name: 'RateLimitError', code: 'rate-limited' } satisfies Literals<RateLimitError>,
    500: { name: 'InternalServerError', code: 'internal-server-error' } satisfies Literals<InternalServerError>,
    503: { name: 'ServiceUnavailableError', code: 'service-unavailable' } satisfies Literals<ServiceUnavailableError>,
  };

  it.each(Object.entries(literals))('%s has the name and the code of its class', async (status, { name, code }) => {
    const { humanloop } = await setUp(failing(Number(status)), { maxRetries: 0 });
    const error = await failureOf<ApiError>(humanloop.chats.createDeployed(chat));
    expect(error).toMatchObject({ name, status: Number(status), detail: 'no', requestId: 'req_1', phase: 'headers' });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toBeInstanceOf(HumanloopError);
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof ConnectionError).toBe(false);
    expect(error instanceof RateLimitError).toBe(status === '429');
    expect(error.code).toMatch(/^[a-z-]+$/);
    expect(error.code).toBe(code);
  });

  it('a 422 gives its issues, and names where they are', async () => {
    const detail = [{ loc: ['body', 'messages', 0, 'role'], msg: 'secret', type: 'value_error' }];
    const { humanloop } = await setUp((_, response) => sendJson(response, 422, { detail }));
    const error = await failureOf<ApiError>(humanloop.chats.createDeployedStream(chat));
    expect(error.issues).toEqual(detail);
    expect(error.message).toBe('POST /chat-deployed: 422 unprocessable entity at body.messages.0.role (req_1)');
    expect(inspect(error) + JSON.stringify(error)).not.toContain('secret');
  });

  it('a list of junk is no list of issues', async () => {
    const issue = { loc: ['body', 'x'], msg: 'm', type: 't' };
    const { humanloop } = await setUp((_, response) => sendJson(response, 422, { detail: [null, 7, {}, issue] }));
    const error = await failureOf<ApiError>(humanloop.chats.createDeployed(chat));
    expect(error.issues).toEqual([issue]);
    expect(error.message).toContain('at body.x');
  });

  it('a provider error gives type, message, code and origin', async () => {
    const detail = { type: 't', message: 'm', code: 404, origin: 'OpenAI' };
    const { humanloop } = await setUp((_, response) => sendJson(response, 422, { detail }));
    const error = await failureOf<ApiError>(humanloop.chats.createDeployed(chat));
    // The status of the answer counts, not that of the provider.
    expect(error).toMatchObject({ name: 'UnprocessableEntityError', status: 422, detail, issues: [] });
  });

  it('an error has the headers of its answer, and the request id under either name', async () => {
    const { humanloop } = await setUp(
      (_, response) => void response.writeHead(404, { 'Request-ID': 'req_2', 'X-Other': 'yes' }).end(),
    );
    const error = await failureOf<ApiError>(humanloop.sessions.create());
    expect([error.requestId, error.headers.get('x-other')]).toEqual(['req_2', 'yes']);
  });

  it.each(['', '<html>', '"x"', 'null', '[]'])('an error with the body %j is an error', async (body) => {
    const { baseUrl, humanloop } = await setUp((_, response) => void response.writeHead(404).end(body));
    expect(await failureOf(humanloop.sessions.create())).toMatchObject({ name: 'NotFoundError', status: 404 });
    const client = createClient({ baseUrl, apiKey: 'key' });
    expect(await failureOf(client.POST('/sessions'))).toMatchObject({ name: 'NotFoundError' });
    expect(await failureOf(client.STREAM('/chat-deployed', { body: chat }))).toMatchObject({ name: 'NotFoundError' });
  });

  it("another copy of the package agrees on instanceof; a user's subclass stays its own", async () => {
    const copy = (await import(['../src/api-error.ts', 'copy'].join('?'))) as typeof api;
    const error = copy.createApiError(
      createCall('GET /x', NO_TIMEOUTS),
      new Response(null, { status: 429 }),
      undefined,
    );
    expect(copy.RateLimitError).not.toBe(RateLimitError);
    expect(error).toBeInstanceOf(RateLimitError);
    class Mine extends RateLimitError {}
    class Named extends RateLimitError {
      static {
        Object.defineProperty(this.prototype, 'name', { value: 'Named' });
      }
    }
    for (const Class of [Mine, Named]) {
      expect(error instanceof Class).toBe(false);
      expect(new Class('m', { code: 'rate-limited' })).toBeInstanceOf(Class);
    }
    expect((null as unknown) instanceof HumanloopError).toBe(false);
  });

  it('toJSON and inspect tell the same fields', () => {
    const error = api.createApiError(createCall('GET /x', NO_TIMEOUTS), new Response(null, { status: 500 }), {
      detail: 'secret',
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'InternalServerError',
      message: 'GET /x: 500 internal server error',
      code: 'internal-server-error',
      status: 500,
      phase: 'headers',
      retryable: false,
    });
  });
});

describe('redirects', () => {
  it('to another origin are refused, and the key and body stay here', async () => {
    const other = await startServer((_, response) => sendJson(response, 200, {}));
    for (const status of [301, 302, 303, 307, 308]) {
      const { humanloop } = await setUp(
        (_, response) => void response.writeHead(status, { Location: `${other.baseUrl}/x` }).end(),
      );
      const calls = [
        () => humanloop.chats.createDeployed(chat),
        () => humanloop.chats.createDeployedStream(chat),
        () => humanloop.sessions.get({ id: 'a' }),
      ];
      for (const call of calls) {
        expect(await failureOf(call())).toMatchObject({ name: 'ConnectionError', code: 'redirect', status });
      }
    }
    expect(other.requests).toHaveLength(0);
  });

  it('within the origin are followed with key and body', async () => {
    const { humanloop, requests } = await setUp((request, response) =>
      request.url.endsWith('/')
        ? sendJson(response, 200, { id: 'x' })
        : void response.writeHead(307, { Location: `${request.url}/` }).end(),
    );
    expect(await humanloop.chats.createDeployed(chat)).toEqual({ id: 'x' });
    expect(requests[1]).toMatchObject({
      method: 'POST',
      url: '/v4/chat-deployed/',
      body: requests[0]?.body,
      headers: { 'x-api-key': 'key' },
    });
    expect(await humanloop.sessions.get({ id: 'a' })).toEqual({ id: 'x' });
  });

  it.each([
    ['name a user and a password, which no fetch sends', 307, 'http://user:hidden@127.0.0.1'],
    ['lead to a port of the same name', 307, 'http://127.0.0.1:1'],
  ])('that %s are refused', async (_, status, origin) => {
    const { humanloop, requests } = await setUp((request, response) => {
      const port = origin.includes('user') ? `:${request.headers.host?.split(':')[1]}` : '';
      response.writeHead(status, { Location: `${origin}${port}/x` }).end();
    });
    const failure = await failureOf(humanloop.sessions.get({ id: 'a' }));
    expect(failure).toMatchObject({ code: 'redirect' });
    expect(inspect(failure)).not.toContain('hidden');
    expect(requests).toHaveLength(1);
  });

  it.each([304, 305, 306])('with %i, which is none, send no POST again', async (status) => {
    const { humanloop, requests } = await setUp(
      (_, response) => void response.writeHead(status, { Location: '/v4/elsewhere' }).end(),
    );
    expect(await failureOf(humanloop.chats.createDeployed(chat))).toMatchObject({ code: 'redirect', status });
    expect(requests).toHaveLength(1);
  });

  it('are followed where their own body breaks', async () => {
    const answers = [
      new Response(
        new ReadableStream({ pull: (controller) => controller.error(new Error('broken')) }, { highWaterMark: 1 }),
        {
          status: 307,
          headers: { Location: '/x' },
        },
      ),
      Response.json({ id: 'x' }),
    ];
    const fetch = async () => answers.shift()!;
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    expect(await humanloop.sessions.get({ id: 'a' })).toEqual({ id: 'x' });
  });

  it('that would drop the body, go nowhere or round and round are refused', async () => {
    const { humanloop } = await setUp(
      (request, response) =>
        void response.writeHead(request.method === 'POST' ? 302 : 307, { Location: request.url }).end(),
    );
    expect(await failureOf(humanloop.chats.createDeployed(chat))).toMatchObject({ code: 'redirect' });
    expect(await failureOf(humanloop.sessions.get({ id: 'a' }))).toMatchObject({ code: 'redirect' });
  });
});

describe('secrets', () => {
  it('are not printed with the client, its resources, streams and errors', async () => {
    const server = await startServer(async (request, response) =>
      request.body.includes('bad')
        ? sendJson(response, 401, { detail: `wrong key ${String(request.headers['x-api-key'])}` })
        : sendEvents(response, [stream('secret')]),
    );
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const humanloop = new Humanloop({
      baseUrl: server.baseUrl,
      apiKey: 'secret',
      providerApiKeys: { openai: 'secret' },
      logger: { debug: write, info: write, warn: write, error: write },
      logLevel: 'debug',
    });
    const result = await humanloop.chats.createDeployedStream({ ...chat, user: 'secret' });
    await collect(result);
    const error = await failureOf(humanloop.chats.createDeployed({ ...chat, project: 'bad secret' }));
    const client = createClient({ baseUrl: server.baseUrl, apiKey: 'secret' });
    for (const item of [humanloop, humanloop.chats, result, error, client, ...lines]) {
      const printed = inspect(item, { depth: 9 }) + JSON.stringify(item);
      expect(printed).not.toContain('secret');
    }
    expect(lines).toHaveLength(5);
  });

  it('in a key that no header can carry are not printed either', async () => {
    const error = await failureOf(new Humanloop({ baseUrl: 'http://x.test', apiKey: 'hidden\nkey' }).sessions.create());
    expect(error).toMatchObject({ code: 'configuration' });
    expect(inspect(error)).not.toContain('hidden');
  });

  it.each([
    ['newline', 'hidden\nkey'],
    ['a character above 255', 'hiddenĀ'],
  ])('in headers with %s are not printed either', async (_, value) => {
    const options = { baseUrl: 'http://x.test', apiKey: 'key', fetch: () => expect.unreachable() };
    const create = (more: object) => new Humanloop({ ...options, ...more }).sessions.create();
    const calls = [
      ...['X-API-KEY', 'Authorization'].map((name) => async () => create({ headers: { [name]: value } })),
      ...['X-API-KEY', 'Authorization'].map(
        (name) => async () => new Humanloop(options).sessions.create(undefined, { headers: { [name]: value } }),
      ),
      async () => create({ idempotencyKey: value }),
      async () => new Humanloop(options).sessions.create(undefined, { idempotencyKey: value }),
    ];
    for (const call of calls) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(HumanloopError);
      expect(error.code).toMatch(/^(configuration|invalid-request)$/);
      expect(inspect(error)).not.toContain('hidden');
    }
  });

  const request = {
    project: 'p',
    messages: [{ role: 'user' as const, content: 'a "hidden" prompt' }],
    provider_api_keys: { openai: 'hidden-key' },
  };

  it('in what a fetch throws are not printed either', async () => {
    const thrown = [
      new Error('cannot send key-of-mine'),
      new TypeError('fetch failed', { cause: new Error('X-API-KEY: key-of-mine') }),
      'key-of-mine',
      Object.assign(new Error('socket hang up'), { config: { headers: { 'X-API-KEY': 'key-of-mine' } } }),
      Object.assign(new Error('x'), { request: new Request('http://x.test', { headers: { key: 'key-of-mine' } }) }),
      new AggregateError([new Error('key-of-mine')], 'all failed'),
      new Error('x', { cause: Object.assign(new Error('y'), { headers: ['key-of-mine'] }) }),
      Object.assign(new Error('x'), { code: 'key-of-mine' }),
      Object.assign(new Error('x'), { code: { key: 'key-of-mine' } }),
      Object.defineProperty(new Error('x'), 'code', { get: () => expect.unreachable('key-of-mine') }),
      Object.assign(Object.create(null) as object, { message: Symbol('key-of-mine') }),
    ];
    for (const error of thrown) {
      const fetch = () => Promise.reject(error);
      const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'key-of-mine', fetch, maxRetries: 0 });
      const failure = await failureOf(humanloop.sessions.create());
      expect(failure).toMatchObject({ name: 'ConnectionError', code: 'lost' });
      expect(inspect(failure, { depth: 20 })).not.toContain('key-of-mine');
    }
  });

  it('in what breaks a body are not printed either', async () => {
    for (const type of ['application/json', 'text/event-stream', 'text/plain']) {
      const fetch: Fetch = async (_, init) => {
        const failure = Object.assign(new Error(`lost key-of-mine`), { config: init });
        const body = new ReadableStream({ pull: (controller) => controller.error(failure) });
        return new Response(body, { headers: { 'Content-Type': type } });
      };
      const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'key-of-mine', fetch, maxRetries: 0 });
      const opening = humanloop.chats.createDeployedStream(chat);
      const failures = [await failureOf(humanloop.sessions.create()), await failureOf(opening.then(collect))];
      expect(failures.map(({ code }) => code)).toEqual(['lost', type.includes('event') ? 'disconnected' : 'lost']);
      expect(inspect(failures, { depth: 20 })).not.toContain('key-of-mine');
    }
  });

  it.each([
    ['one of the provider', (body: string) => (JSON.parse(body) as typeof request).provider_api_keys.openai],
    ['a prompt', (body: string) => (JSON.parse(body) as typeof request).messages[0]!.content],
    ['a prompt within JSON', (body: string) => /\[.*\]/.exec(body)?.[0]],
    ['the body in JSON', (body: string) => JSON.stringify({ body })],
    ["one of the caller's own", (_: string, headers: Headers) => headers.get('Authorization')],
  ])('such as %s are not printed of what a fetch says', async (_, pick) => {
    const fetch: Fetch = async (url, { body, headers }) =>
      Promise.reject(new Error(`cannot send ${pick(body as string, new Headers(headers))} to ${url}`));
    const headers = { Authorization: 'Bearer hidden' };
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, headers });
    const failure = await failureOf(humanloop.chats.createDeployed(request));
    expect(inspect(failure, { depth: 20 })).not.toContain('hidden');
  });

  it('in a body that a fetch quotes are not printed either', async () => {
    const fetch: Fetch = async (_, { body }) => Promise.reject(new Error(`cannot send ${body as string}`));
    const providerApiKeys = { openai: 'key-of-theirs' };
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, providerApiKeys });
    const failure = await failureOf(humanloop.chats.createDeployed({ project: 'p', messages: [] }));
    expect(inspect(failure, { depth: 20 })).not.toContain('key-of-theirs');
  });

  it('apart, the cause of a lost connection says what happened', async () => {
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', headers: {} });
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, maxRetries: 0 });
    const failure = await failureOf(humanloop.sessions.create());
    expect(failure.cause).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect((failure.cause as Error).stack).toContain('requests.test.ts');
    expect((failure.cause as Error).cause).toMatchObject({ message: 'read ECONNRESET', code: 'ECONNRESET' });
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

  it('204 and empty answers are undefined, text is text', async () => {
    const { humanloop } = await setUp((request, response) =>
      request.method === 'DELETE'
        ? void response.writeHead(204).end()
        : void response.writeHead(200, { 'Content-Type': 'text/prompt' }).end('---'),
    );
    expect(await humanloop.projects.delete({ id: 'a' })).toBeUndefined();
    expect(await humanloop.modelConfigs.export({ id: 'a' })).toBe('---');
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

  it("middleware in openapi-fetch's shape sees JSON and streams, but no key", async () => {
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
});

describe('paging', () => {
  const lists =
    (first: number, total: number, told = total): Handler =>
    (request, response) => {
      const page = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? first);
      const records = Array.from({ length: total }, (_, index) => index).slice(
        (page - first) * 2,
        (page - first) * 2 + 2,
      );
      sendJson(response, 200, { records, page, size: 2, total: told });
    };

  it.each([null, -1, 0])('goes on to an empty page where the total is %j', async (total) => {
    const { humanloop, requests } = await setUp(lists(0, 5, total as never));
    expect(await collect(humanloop.projects.list())).toEqual([0, 1, 2, 3, 4]);
    expect(requests).toHaveLength(4);
  });

  it.each([
    ['from 0', 0, 5, 3],
    ['from 0, with full pages', 0, 4, 2],
    ['from 1', 1, 5, 3],
    ['from 1, with full pages', 1, 4, 2],
    ['from 0, empty', 0, 0, 1],
  ])('%s: all records in order, and no page too many', async (_, first, total, want) => {
    const { humanloop, requests } = await setUp(lists(first, total));
    const list = () => (first === 0 ? humanloop.projects.list() : humanloop.sessions.list({ project_id: 'p' }));
    const records: unknown[] = [];
    for await (const record of list() as AsyncIterable<unknown>) records.push(record);
    expect(records).toEqual(Array.from({ length: total }, (__, index) => index));
    expect(requests).toHaveLength(want);
  });

  it('a page has its records and knows the next', async () => {
    const { humanloop } = await setUp(lists(0, 3));
    const page = await humanloop.projects.list({ size: 2 });
    expect(page).toMatchObject({ records: [0, 1], page: 0, size: 2, total: 3 });
    const next = await page.getNextPage();
    expect([next?.records, next?.hasNextPage(), await next?.getNextPage()]).toEqual([[2], false, undefined]);
    expect((await humanloop.projects.list({ page: 1 }).withResponse()).data.records).toEqual([2]);
  });

  it('the next page is asked for as the first was, by our count', async () => {
    const { humanloop, requests } = await setUp((_, response, count) =>
      sendJson(response, 200, { records: count > 2 ? [] : [count], page: 0, size: 1, total: 9 }),
    );
    expect(await collect(humanloop.projects.list({ size: 1 }, { headers: { 'X-Mine': 'yes' } }))).toHaveLength(2);
    expect(requests.map(({ url, headers }) => [url.split('?')[1], headers['x-mine']])).toEqual([
      ['size=1', 'yes'],
      ['size=1&page=1', 'yes'],
      ['size=1&page=2', 'yes'],
    ]);
  });

  it('an empty page is the end, whatever the total says', async () => {
    const { humanloop, requests } = await setUp(lists(0, 2, 99));
    expect(await collect(humanloop.projects.list())).toHaveLength(2);
    expect(requests).toHaveLength(2);
  });
});

describe('logs', () => {
  it('and observers that throw or reject break nothing', async () => {
    const fail = () => {
      throw new Error('mine');
    };
    for (const observe of [fail, async () => fail()]) {
      const logger = { debug: observe, info: observe, warn: observe, error: observe };
      const { humanloop } = await setUp(failing(503, 1), { logger, logLevel: 'debug', observe, onRetry: observe });
      expect(await humanloop.sessions.create()).toMatchObject({ id: 'ok' });
    }
  });

  it('have one line for each request and each end of a stream', async () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line.replace(/\d+ ms/, 'N ms'));
    const { humanloop } = await setUp(
      async (request, response, count) => {
        if (!request.url.includes('chat'))
          return sendJson(response, count === 1 ? 503 : 200, {}, { 'Retry-After': '0' });
        await sendEvents(response, [stream('a', 'b')]);
        response.end();
      },
      { logger: { info: write, warn: write, error: write } },
    );
    await humanloop.sessions.create();
    await collect(await humanloop.chats.createDeployedStream(chat));
    for await (const _ of await humanloop.chats.createDeployedStream(chat)) break;
    await failureOf(humanloop.sessions.create(undefined, { signal: AbortSignal.abort() }));
    expect(lines).toEqual([
      'POST /sessions: retry 1 in N ms',
      'POST /sessions: 200, done in N ms (req_1)',
      'POST /chat-deployed: 200, headers came',
      'POST /chat-deployed: 200, done after 2 events in N ms (req_1)',
      'POST /chat-deployed: 200, headers came',
      'POST /chat-deployed: 200, left early after 1 events in N ms (req_1)',
      'POST /sessions: no answer, AbortError aborted in N ms',
    ]);
  });

  it.each([
    ['debug', ['debug sent', 'warn retry', 'info 200', 'debug sent', 'error 404', 'debug sent', 'info no']],
    ['info', ['warn retry', 'info 200', 'error 404', 'info no']],
    ['warn', ['warn retry', 'error 404']],
    ['error', ['error 404']],
    ['off', []],
  ] as const)('of level %s and above are written, each by the function of its level', async (logLevel, want) => {
    const lines: string[] = [];
    const write = (level: string) => (line: string) => void lines.push(`${level} ${line.split(/[:,]? /)[2] ?? ''}`);
    const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
    const { humanloop } = await setUp(
      (_, response, count) => sendJson(response, [503, 200, 404][count - 1] ?? 404, {}, { 'Retry-After': '0' }),
      { logger, logLevel },
    );
    await humanloop.sessions.create();
    await failureOf(humanloop.sessions.create());
    await failureOf(humanloop.sessions.create(undefined, { signal: AbortSignal.abort() }));
    expect(lines).toEqual(want);
  });

  it('are written to the console when only a level is given', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {});
    const { humanloop } = await setUp((_, response) => sendJson(response, 200, {}), { logLevel: 'info' });
    await humanloop.sessions.create();
    expect(info.mock.calls.map(([line]) => String(line))).toEqual([
      expect.stringContaining('POST /sessions: 200, done'),
    ]);
    info.mockRestore();
  });
});
