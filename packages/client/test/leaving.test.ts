import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Humanloop, type HumanloopOptions } from '../src/index.ts';
import { createCall, NO_TIMEOUTS } from '../src/call.ts';
import { failureOf, piece, sse } from './support/events.ts';
import { sendEvents, startServer } from './support/server.ts';

const chat = { project: 'p', messages: [] };

async function setUp(options: HumanloopOptions = {}) {
  const server = await startServer((_, response) => sendEvents(response, [sse(piece('a'), piece('A', null, 1))]));
  return { ...server, humanloop: new Humanloop({ baseUrl: server.baseUrl, apiKey: 'key', ...options }) };
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a call that is over', () => {
  it('sets no timer any more', () => {
    const before = timers();
    const call = createCall('GET /x', { ...NO_TIMEOUTS, headersMs: 60_000 });
    call.dispose();
    call.wait('headersMs');
    expect(timers()).toBe(before);
  });

  it.each([
    ['the signal', { signal: AbortSignal.timeout(20) }, 'AbortError'],
    ['totalMs', { timeout: { totalMs: 20 } }, 'TimeoutError'],
  ])('%s while the key is asked for: nothing is sent', async (_, options, name) => {
    const asked = Promise.withResolvers<string>();
    const { humanloop, requests } = await setUp({ apiKey: () => asked.promise });
    expect(await failureOf(humanloop.chats.createDeployedStream(chat, options))).toMatchObject({ name });
    const before = timers();
    asked.resolve('key');
    await sleep(20);
    expect(timers()).toBeLessThanOrEqual(before);
    expect(requests).toHaveLength(0);
  });

  it('an abort while middleware waits: nothing is sent', async () => {
    const { humanloop, requests } = await setUp();
    const waited = Promise.withResolvers<void>();
    humanloop.use({ onRequest: () => waited.promise });
    const call = humanloop.chats.createDeployedStream(chat, { signal: AbortSignal.timeout(20) });
    expect(await failureOf(call)).toMatchObject({ name: 'AbortError' });
    waited.resolve();
    await sleep(20);
    expect(requests).toHaveLength(0);
  });
});
