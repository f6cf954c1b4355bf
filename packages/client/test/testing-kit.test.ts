import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Humanloop } from '../src/index.ts';
import { createRecorder, createReplay, type Exchange, readRecording } from '../src/testing/index.ts';
import { collect, failureOf, stream } from './support/events.ts';
import { sendEvents, startServer } from './support/server.ts';

const chat = { project: 'p', messages: [], provider_api_keys: { openai: 'secret' } };

async function record(): Promise<{ file: string; exchanges: Exchange[] }> {
  const { baseUrl } = await startServer(async (_, response) => {
    response.setHeader('Set-Cookie', 'secret');
    await sendEvents(response, stream('a', 'b').split(/(?<=\r\n\r\n)/), 10);
    response.end();
  });
  const recorder = createRecorder();
  const humanloop = new Humanloop({ baseUrl, apiKey: 'secret', fetch: recorder.fetch });
  await collect(await humanloop.chats.createDeployedStream(chat));
  const folder = await mkdtemp(path.join(tmpdir(), 'recording-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'chat.json');
  await recorder.save(file);
  return { file, exchanges: await readRecording(file) };
}

const replay = (exchanges: Exchange[], options = {}) =>
  new Humanloop({
    baseUrl: 'http://x.test/v4',
    apiKey: 'k',
    fetch: createReplay(exchanges, options),
  }).chats.createDeployedStream(chat);

describe('the testing kit', () => {
  it('records bytes and times, without keys', async () => {
    const { file, exchanges } = await record();
    expect(exchanges).toMatchObject([{ method: 'POST', path: '/v4/chat-deployed', status: 200, end: 'closed' }]);
    expect(exchanges[0]?.chunks.map(({ base64 }) => Buffer.from(base64, 'base64').toString()).join('')).toBe(
      stream('a', 'b'),
    );
    expect(exchanges[0]?.chunks.at(-1)?.afterMs).toBeGreaterThan(0);
    expect(await readFile(file, 'utf8')).not.toContain('secret');
  });

  it('replays them in any chunks, and at their times', async () => {
    const { exchanges } = await record();
    for (const options of [{}, { chunkBytes: 1 }, { chunkBytes: 7 }, { timing: true }]) {
      expect(await collect(await replay(exchanges, options))).toHaveLength(2);
    }
  });

  it('cuts and breaks them', async () => {
    const { exchanges } = await record();
    expect(await failureOf(collect(await replay(exchanges, { cutAfterBytes: 300 })))).toMatchObject({
      code: 'truncated',
    });
    expect(await failureOf(collect(await replay(exchanges, { breakAfterBytes: 300 })))).toMatchObject({
      code: 'disconnected',
    });
    const broken = exchanges.map((exchange) => ({
      ...exchange,
      // The first bytes of the first chunk: a busy machine may have received everything in one.
      chunks: exchange.chunks.slice(0, 1).map((chunk) => ({ ...chunk, base64: chunk.base64.slice(0, 400) })),
      end: 'broken' as const,
    }));
    expect(await failureOf(collect(await replay(broken)))).toMatchObject({ code: 'disconnected' });
  });

  it('honours the signal', async () => {
    const { exchanges } = await record();
    const result = await replay(exchanges, { timing: true });
    const failure = failureOf(collect(result));
    result.abort();
    expect(await failure).toMatchObject({ name: 'AbortError' });
  });

  it('refuses a request that it has not', async () => {
    expect(await failureOf(replay([]))).toMatchObject({
      code: 'lost',
      cause: { message: 'the recording has no POST /v4/chat-deployed' },
    });
  });
});
