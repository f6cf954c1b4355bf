import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Humanloop } from '../src/index.ts';
import { failureOf } from './support/events.ts';
import { chat, setUp } from './support/humanloop.ts';
import { sendJson, startServer } from './support/server.ts';

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

it('a POST does not follow a 302, which would make a GET of it', async () => {
  const { humanloop, requests } = await setUp(
    (_, response) => void response.writeHead(302, { Location: '/elsewhere' }).end(),
  );
  await expect(humanloop.sessions.create()).rejects.toMatchObject({ code: 'redirect' });
  expect(requests).toHaveLength(1);
});
