import { expect, it } from 'vitest';
import { EventStream, StreamError } from '../src/index.ts';

/** What becomes of a stream whose body ends with these bytes, after an event that is whole. */
async function readEnd(bytes: number[]): Promise<unknown> {
  const whole = `data: ${JSON.stringify({ data: [{ index: 0, output: 'a', finish_reason: null }] })}\n\n`;
  const body = new Blob([whole, new Uint8Array(bytes)]).stream() as ReadableStream<Uint8Array>;
  const stream = EventStream.fromReadableStream(body, { onIncomplete: 'end' });
  const events: unknown[] = [];
  try {
    for await (const event of stream) events.push(event);
    return events;
  } catch (error) {
    return error;
  }
}

it('a body that ends within a character leaves something pending', async () => {
  const error = await readEnd([0xc3]);
  expect(error).toBeInstanceOf(StreamError);
  expect(error).toMatchObject({ code: 'truncated', pending: true });
});

it('a body that ends after an event leaves nothing pending', async () => {
  expect(await readEnd([])).toHaveLength(1);
});
