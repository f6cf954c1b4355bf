import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createClient, type Fetch, Humanloop, HumanloopError } from '../src/index.ts';
import { collect, failureOf, stream } from './support/events.ts';
import { chat, createHumanloop } from './support/humanloop.ts';
import { sendEvents, sendJson, startServer } from './support/server.ts';

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
    messages: [{ role: 'user' as const, content: 'a "hidden"\nprompt' }],
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
    ['a prompt within JSON that is quoted in JSON', (body: string) => JSON.stringify(/\[.*\]/.exec(body)?.[0])],
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
    const failure = await failureOf(humanloop.chats.createDeployed(chat));
    expect(inspect(failure, { depth: 20 })).not.toContain('key-of-theirs');
  });

  it('too short to be looked for are not printed of a body that is quoted whole', async () => {
    const fetch: Fetch = async (_, { body }) => Promise.reject(new Error(`cannot send ${body as string}`));
    const messages = [{ role: 'user' as const, content: 'hidden' }];
    const failure = await failureOf(createHumanloop(fetch).chats.createDeployed({ project: 'p', messages }));
    expect(inspect(failure, { depth: 20 })).not.toContain('hidden');
  });

  it('without letters are not printed either, and hide nothing else', async () => {
    const headers = { Authorization: '-.-.-.-.-.' };
    const causes = ['cannot send -.-.-.-.-.', 'socket hang up'].map(async (message) => {
      const fetch: Fetch = async () => Promise.reject(new Error(message));
      return (await failureOf(createHumanloop(fetch).sessions.create(undefined, { headers }))).cause;
    });
    expect(await Promise.all(causes)).toMatchObject([undefined, { message: 'socket hang up' }]);
  });

  it('apart, the cause of a lost connection says what happened', async () => {
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', headers: {} });
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    const failure = await failureOf(createHumanloop(fetch).sessions.create());
    expect(failure.cause).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect((failure.cause as Error).stack).toContain('redaction.test.ts');
    expect((failure.cause as Error).cause).toMatchObject({ message: 'read ECONNRESET', code: 'ECONNRESET' });
  });
});
