import { expect, it } from 'vitest';
import { EventStream } from '../src/index.ts';

const event = { data: [{ index: 0, output: 'a', finish_reason: 'stop' }] };
// The data of one event in several lines, which the standard joins.
const lines = JSON.stringify(event, null, 1).split('\n');

it.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('an event of many lines is one event, byte by byte, with %s', async (_, end) => {
  const bytes = new TextEncoder().encode([...lines.map((line) => `data: ${line}`), '', ''].join(end));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const events: unknown[] = [];
  for await (const one of EventStream.fromReadableStream(body)) events.push(one);
  expect(events).toEqual([event]);
});
