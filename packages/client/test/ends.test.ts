import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type ClientEvent, EventStream, Humanloop } from '../src/index.ts';

const encoder = new TextEncoder();
const toText = (output: string, finish_reason: string | null): string =>
  `data: ${JSON.stringify({ data: [{ index: 0, output, finish_reason }] })}\n\n`;
const toBody = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream() as ReadableStream<Uint8Array>;

it('events after the last sample has finished are not given, though they came in the same chunk', async () => {
  const events: unknown[] = [];
  const stream = EventStream.fromReadableStream(toBody(toText('a', 'stop') + toText('b', null)));
  for await (const event of stream) events.push(event);
  expect(events).toHaveLength(1);
});

it('whoever leaves the loop at the last event has read the stream whole', async () => {
  const ends: ClientEvent[] = [];
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    observe: (event) => void (event.type === 'end' && ends.push(event)),
    fetch: async () => new Response(toText('a', 'stop'), { headers: { 'Content-Type': 'text/event-stream' } }),
  });
  const stream = await humanloop.chats.createDeployedStream({ project_id: 'pr_1', messages: [] });
  for await (const _ of stream) break;
  expect(ends).toMatchObject([{ type: 'end', completed: true }]);
});

it('the time of the first event stays when others come', async () => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  const stream = EventStream.fromReadableStream(body);
  const iterator = stream[Symbol.asyncIterator]();
  controller?.enqueue(encoder.encode(toText('a', null)));
  await iterator.next();
  const { firstEventMs } = stream.stats;
  await sleep(15);
  controller?.enqueue(encoder.encode(toText('b', 'stop')));
  await iterator.next();
  expect(firstEventMs).toBeTypeOf('number');
  expect(stream.stats.firstEventMs).toBe(firstEventMs);
});

it('a stream that has been read leaves no listener on the signal', async () => {
  const { signal } = new AbortController();
  const stream = EventStream.fromReadableStream(toBody(toText('a', 'stop')), { signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for await (const _ of stream);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('a body is given up at once when its signal is aborted already, and whoever reads is told', async () => {
  let given: unknown;
  const body = new ReadableStream<Uint8Array>({ cancel: (reason) => void (given = reason ?? 'up') });
  const stream = EventStream.fromReadableStream(body, { signal: AbortSignal.abort('why') });
  expect(given).toBe('up');
  await expect(stream.final()).rejects.toMatchObject({ code: 'aborted', cause: 'why' });
});

it('nothing that comes after [DONE] is given', async () => {
  const events: unknown[] = [];
  const text = `${toText('a', null)}data: [DONE]\n\n${toText('b', null)}`;
  for await (const event of EventStream.fromReadableStream(toBody(text))) events.push(event);
  expect(events).toHaveLength(1);
});
