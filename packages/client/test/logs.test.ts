import { describe, expect, it, vi } from 'vitest';
import { collect, failureOf, stream } from './support/events.ts';
import { chat, failing, setUp } from './support/humanloop.ts';
import { sendEvents, sendJson } from './support/server.ts';

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
