import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  type AuthenticationError,
  type BadRequestError,
  ConnectionError,
  createClient,
  HumanloopError,
  type InternalServerError,
  type NotFoundError,
  RateLimitError,
  type ServiceUnavailableError,
  type UnprocessableEntityError,
} from '../src/index.ts';
import * as api from '../src/api-error.ts';
import { createCall, NO_TIMEOUTS } from '../src/call.ts';
import { bodyOf, failureOf } from './support/events.ts';
import { chat, createHumanloop, failing, setUp } from './support/humanloop.ts';
import { sendJson } from './support/server.ts';

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

  it.each([
    ['GET', 429, true],
    ['GET', 500, true],
    ['GET', 404, false],
    ['POST', 429, true],
    ['POST', 503, true],
    ['POST', 500, false],
    ['POST', 422, false],
    ['POST with an idempotency key', 500, true],
    ['POST with an idempotency key', 400, false],
  ])('%s with %i may be tried again: %s', async (request, status, retryable) => {
    const { humanloop } = await setUp(failing(status), { maxRetries: 0 });
    const idempotencyKey = request.includes('key');
    const call =
      request === 'GET'
        ? humanloop.sessions.get({ id: 'a' })
        : humanloop.sessions.create(undefined, { idempotencyKey });
    expect(await failureOf(call)).toMatchObject({ status, retryable });
  });

  it('an error that comes as a success is not to be tried again: the work was done', async () => {
    const detail = { type: 't', message: 'm', code: 429, origin: 'OpenAI' };
    const { humanloop } = await setUp((_, response) => sendJson(response, 200, { detail }));
    expect(await failureOf(humanloop.sessions.get({ id: 'a' }))).toMatchObject({ status: 429, retryable: false });
  });

  it.each([
    ['{"detail":"no"}', 'no'],
    ['not JSON', 'not JSON'],
    ['null', undefined],
    ['', undefined],
  ])('the detail of an error whose body is %j is %j', async (body, detail) => {
    const error = await failureOf<ApiError>(
      createHumanloop(async () => new Response(body, { status: 404 })).sessions.create(),
    );
    expect(error.detail).toBe(detail);
  });

  it('a character that is cut between chunks is whole in the detail, JSON or not', async () => {
    for (const body of ['{"detail":"schön"}', 'schön']) {
      const bytes = [...new TextEncoder().encode(body)].map((byte) => Uint8Array.of(byte));
      const humanloop = createHumanloop(async () => new Response(bodyOf(...bytes), { status: 404 }));
      expect(await failureOf(humanloop.sessions.create())).toMatchObject({ status: 404, detail: 'schön' });
    }
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
