import { describe, expect, it } from 'vitest';
import { createReplay, type Exchange } from '../src/testing/index.ts';

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const ADDRESS = 'http://127.0.0.1:1/logs';

const createExchange = (gapMs: number): Exchange => ({
  method: 'GET',
  path: '/logs',
  body: '',
  status: 200,
  headers: {},
  chunks: [
    { afterMs: 0, base64: btoa('first') },
    { afterMs: gapMs, base64: btoa('second') },
  ],
  end: 'closed',
});

async function start(gapMs: number, timing: boolean, signal?: AbortSignal): Promise<Reader> {
  const response = await createReplay([createExchange(gapMs)], { timing })(ADDRESS, signal ? { signal } : {});
  const reader = response.body!.getReader();
  await reader.read();
  return reader;
}

const countTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a replay', () => {
  it('waits between chunks as recorded', async () => {
    const reader = await start(80, true);
    const begin = performance.now();
    await reader.read();
    // A timer may fire a little before its time.
    expect(performance.now() - begin).toBeGreaterThan(70);
  });

  it('does not wait by default', async () => {
    const reader = await start(600_000, false);
    expect((await reader.read()).done).toBe(false);
  });

  it.each([true, false])('ends with the reason of an abort, timing: %s', async (timing) => {
    const controller = new AbortController();
    const reader = await start(600_000, timing, controller.signal);
    const read = timing ? reader.read() : undefined;
    controller.abort(new Error('enough'));
    await expect(read ?? reader.read()).rejects.toThrow('enough');
  });

  it('answers no request that was aborted before', async () => {
    await expect(start(0, false, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it.each([
    { given: 'an abort', end: async (_: Reader, controller: AbortController) => controller.abort() },
    { given: 'a cancelled body', end: (reader: Reader) => reader.cancel() },
  ])('leaves no timer behind $given', async ({ end }) => {
    // So many that timers of others do not count.
    const waits = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const controller = new AbortController();
        const reader = await start(600_000, true, controller.signal);
        const read = reader.read().catch(() => {});
        return async () => {
          await end(reader, controller);
          await read;
        };
      }),
    );
    expect(countTimers()).toBeGreaterThanOrEqual(50);
    await Promise.all(waits.map((stop) => stop()));
    expect(countTimers()).toBeLessThan(25);
  });
});
