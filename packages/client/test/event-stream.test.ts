import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientEvent, EventStream, Humanloop, StreamError } from '../src/index.ts';
import { bodyOf, collect, failureOf, piece, sse, stream } from './support/events.ts';

const read = (text: string | Uint8Array, options = {}) =>
  collect(EventStream.fromReadableStream(bodyOf(text), options));
const failure = (text: string, options = {}) => failureOf<StreamError>(read(text, options));
const bytes = (text: string) => new TextEncoder().encode(text);

describe('correct bytes', () => {
  const events = [piece('Grüße \uFEFF你好 👩‍🚀'), piece('[DONE]'), piece(' data: x\n\n'), piece('', 'stop')];
  const lines = (end: string) => events.map((event) => `data: ${JSON.stringify(event)}${end}${end}`).join('');
  const spellings: [string, string][] = [
    ['LF', lines('\n')],
    ['CRLF', lines('\r\n')],
    ['CR', lines('\r')],
    ['a BOM', `\uFEFF${lines('\n')}`],
    ['comments', `: hello\n\n${lines('\n').replaceAll('data: {', ': ping\ndata: {')}`],
    ['no space after the colon', lines('\n').replaceAll('data: {', 'data:{')],
    ['unknown fields', lines('\n').replaceAll('data: {', 'foo: bar\nretry: 5\nid: 7\ndata: {')],
    ['heartbeats', lines('\n').replaceAll('data: {', 'data:\n\ndata: {')],
    ['several lines of data', lines('\n').replaceAll('"index"', '\ndata: "index"')],
    ['the name message', lines('\n').replaceAll('data: {', 'event: message\ndata: {')],
    ['a name of its own', lines('\n').replaceAll('data: {', 'event: chunk\ndata: {')],
    ['events of unknown names', lines('\n').replaceAll('data: {', 'event: ping\ndata: hello\n\ndata: {')],
  ];

  it.each(spellings)('%s: whole and byte by byte give the same events', async (_, text) => {
    expect(await read(text)).toEqual(events);
    const single = [...bytes(text)].map((byte) => Uint8Array.of(byte));
    expect(await collect(EventStream.fromReadableStream(bodyOf(...single)))).toEqual(events);
  });

  it.each(spellings)('%s: cut in two at every byte gives the same events', async (_, text) => {
    const all = bytes(text);
    for (let cut = 1; cut < all.length; cut++) {
      const halves = EventStream.fromReadableStream(bodyOf(all.subarray(0, cut), all.subarray(cut)));
      expect(await collect(halves)).toEqual(events);
    }
  });

  it.each(spellings)(
    '%s: ended at every byte before the last event is an error with the text so far',
    async (_, text) => {
      const all = bytes(text);
      const end = text.lastIndexOf('finish_reason');
      for (let cut = 0; cut < bytes(text.slice(0, end)).length; cut++) {
        const error = await failureOf<StreamError>(
          collect(EventStream.fromReadableStream(bodyOf(all.subarray(0, cut)))),
        );
        expect(error).toMatchObject({ name: 'StreamError', code: 'truncated' });
        expect(
          events
            .slice(0, error.eventsRead)
            .map((event) => (event as { data: { output: string }[] }).data[0]!.output)
            .join(''),
        ).toBe(error.partial?.[0]?.output ?? '');
      }
    },
  );

  it('any events in any chunks come out as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        async (outputs, end, sizes) => {
          const given = [...outputs.map((output) => piece(output)), piece('', 'stop')];
          const all = bytes(given.map((event) => `data: ${JSON.stringify(event)}${end}${end}`).join(''));
          const chunks: Uint8Array[] = [];
          for (let at = 0; at < all.length; at += chunks.at(-1)!.length) {
            chunks.push(all.subarray(at, at + sizes.next().value!));
          }
          const result = EventStream.fromReadableStream(bodyOf(...chunks));
          const want = outputs.join('');
          expect(await collect(result)).toEqual(given);
          expect(((await result.final()).data as { output: string }[])[0]!.output).toBe(want);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('proof of completion', () => {
  it('a stream cut between events is truncated', async () => {
    const error = await failure(sse(piece('a'), piece('b')));
    expect(error).toMatchObject({ code: 'truncated', eventsRead: 2, pending: false, phase: 'stream' });
    expect(error.partial).toEqual([{ index: 0, output: 'ab', finish_reason: null }]);
  });

  it('a stream cut within an event says that bytes were pending', async () => {
    expect(await failure(sse(piece('a'), piece('b')).slice(0, -20))).toMatchObject({ eventsRead: 1, pending: true });
    expect(await failure(`${sse(piece('a'))}event: error\n`)).toMatchObject({ pending: true });
  });

  it.each([
    [': ping\n', false],
    ['\n', false],
    [': pi', true],
    ['id: 7\n', true],
    ['id:\n', true],
    ['id:\ndata: {"data":[]}\n', true],
    ['dat', true],
    ['data: {"a":1}', true],
    ['data: {"a":1}\r\n', true],
    ['data: {"data":[]}\r\r', false],
  ])('%j at the end: bytes of an event are left is %s', async (rest, want) => {
    expect(await failure(sse(piece('a')) + rest)).toMatchObject({ code: 'truncated', pending: want });
    const read1 = read(sse(piece('a')) + rest, { onIncomplete: 'end' });
    if (want) expect(await failureOf(read1)).toMatchObject({ code: 'truncated' });
    else expect((await read1).length).toBeGreaterThan(0);
  });

  it('an empty stream is truncated', async () => {
    expect(await failure('')).toMatchObject({ code: 'truncated', eventsRead: 0, pending: false });
  });

  it('each requested sample has to finish', async () => {
    const one = sse(piece('a', 'stop', 0), piece('b', null, 1));
    expect(await failure(one, { num_samples: 2 })).toMatchObject({ code: 'truncated' });
    const both = one + sse(piece('c', 'length', 1));
    expect(await read(both, { num_samples: 2 })).toHaveLength(3);
  });

  it('a sample that finishes twice counts once', async () => {
    const text = sse(piece('a', 'stop', 0), piece('a', 'stop', 0));
    expect(await failure(text, { num_samples: 2 })).toMatchObject({ code: 'truncated' });
  });

  it('several samples in one event are understood', async () => {
    const { data } = piece('b', 'stop', 1) as { data: object[] };
    const first = piece('a', 'stop') as { data: object[] };
    expect(await read(sse({ ...first, data: [...first.data, ...data] }), { num_samples: 2 })).toHaveLength(1);
  });

  it('the number of samples in the events counts when nobody said it', async () => {
    const event = { ...piece('a', 'stop'), num_samples: 2 };
    expect(await failure(sse(event))).toMatchObject({ code: 'truncated' });
  });

  it('the number of samples that was asked for counts more than that in the events', async () => {
    const event = { ...piece('a', 'stop'), num_samples: 1 };
    expect(await failure(sse(event), { num_samples: 2 })).toMatchObject({ code: 'truncated' });
  });

  it.each(['', false, 0])('finish_reason %j finishes nothing', async (reason) => {
    const text = sse(piece('a', reason as never));
    expect(await failure(text)).toMatchObject({ code: 'truncated' });
    expect(await read(text + stream('b'))).toHaveLength(2);
  });

  it('[DONE] ends the stream, as an event of its own only', async () => {
    expect(await read(`${sse(piece('[DONE]'))}data: [DONE]\n\n`)).toHaveLength(1);
    expect(await read(`${sse(piece('a'))}data:  [DONE] \n\n`)).toHaveLength(1);
    expect(await failure(sse(piece('[DONE]')))).toMatchObject({ code: 'truncated' });
  });

  it('what comes after the last sample has finished is not read', async () => {
    expect(await read(`${stream('a', 'b')}data: {broken\n\n`)).toHaveLength(2);
  });

  it('onIncomplete "end" accepts a server without finish reasons, but not a torn event', async () => {
    expect(await read(sse(piece('a')), { onIncomplete: 'end' })).toHaveLength(1);
    expect(await failure(sse(piece('a')).slice(0, -9), { onIncomplete: 'end' })).toMatchObject({ code: 'truncated' });
  });
});

describe('errors in the stream', () => {
  const provider = { type: 'rate_limit_error', message: 'secret words', code: 429, origin: 'OpenAI' };

  it.each([
    ['an error event', `event: error\ndata: ${JSON.stringify(provider)}\n\n`],
    ['a data object that is an error', sse(provider)],
    ['an error under detail', sse({ detail: provider })],
    ['an error under error', sse({ error: provider })],
    ['an error beside data', sse({ data: [], error: provider })],
  ])('%s is a StreamError with the detail', async (_, text) => {
    const error = await failure(sse(piece('a')) + text);
    expect(error).toMatchObject({ code: 'error-event', status: 429, detail: provider, eventsRead: 1 });
  });

  it('an error event that is not JSON, or empty, is an error all the same', async () => {
    expect(await failure('event: error\ndata: out of memory\n\n')).toMatchObject({ detail: 'out of memory' });
    expect(await failure('event: error\ndata:\n\n')).toMatchObject({ code: 'error-event' });
    expect(await failure(`event: error\n${sse(piece('a', 'stop'))}`)).toMatchObject({ code: 'error-event' });
  });

  it.each(['{"data":[', 'null', '7', '"text"', '[]', 'DONE', 'not [DONE]'])('%s is malformed', async (data) => {
    const error = await failure(`${sse(piece('a'))}data: ${data}\n\n`);
    expect(error).toMatchObject({ code: 'malformed', eventsRead: 1 });
    expect(error.message).toContain('event 2');
    expect(error.cause).toBeUndefined();
  });

  it.each([
    ['{"data":[{"index":0,"outp', { code: 'malformed', eventsRead: 1 }],
    [JSON.stringify({ error: provider }), { code: 'error-event', detail: provider }],
  ])('%s is told under a name of its own, too', async (data, want) => {
    expect(await failure(`${sse(piece('a'))}event: delta\ndata: ${data}\n\n${sse(piece('b', 'stop'))}`)).toMatchObject(
      want,
    );
  });

  it('payloads stay out of what is printed', async () => {
    const { inspect } = await import('node:util');
    for (const text of [sse(provider), 'data: secret words\n\n', sse(piece('secret words'))]) {
      const error = await failure(text);
      expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + String(error)).not.toContain(
        'secret',
      );
    }
  });

  it('a connection that breaks is a StreamError, with what came before', async () => {
    let reads = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (reads++ === 0) controller.enqueue(bytes(sse(piece('a'))));
        else controller.error(new TypeError('terminated'));
      },
    });
    const error = await failureOf<StreamError>(collect(EventStream.fromReadableStream(body)));
    expect(error).toMatchObject({ code: 'disconnected', eventsRead: 1, cause: { message: 'terminated' } });
  });

  it.each([undefined, null, ''])(
    'a connection that breaks for %j is one, whatever onIncomplete says',
    async (reason) => {
      const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(reason) });
      const result = EventStream.fromReadableStream(body, { onIncomplete: 'end' });
      expect(await failureOf<StreamError>(collect(result))).toMatchObject({ code: 'disconnected' });
    },
  );
});

describe('large events', () => {
  const chunked = (text: string, size: number) => {
    const all = bytes(text);
    return bodyOf(
      ...Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.subarray(i * size, (i + 1) * size)),
    );
  };

  it.each([1_400, 10_000_000])('an event over maxEventBytes is refused in chunks of %i bytes', async (size) => {
    const text = sse(piece('a'), piece('x'.repeat(200_000), 'stop'));
    const body = chunked(text, size);
    const result = EventStream.fromReadableStream(body, { maxEventBytes: 100_000 });
    expect(await failureOf(collect(result))).toMatchObject({ code: 'too-large', eventsRead: 1 });
  });

  it('an event over maxEventBytes is refused before it has ended', async () => {
    let chunks = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytes(chunks++ === 0 ? 'data: {"data":[' : '         '));
        if (chunks > 1_000) controller.error(new Error('It is still being read.'));
      },
    });
    const result = EventStream.fromReadableStream(body, { maxEventBytes: 1_000 });
    expect(await failureOf(collect(result))).toMatchObject({ code: 'too-large', eventsRead: 0 });
  });

  it('an event of any length about the limit that breaks off is a StreamError', async () => {
    for (let length = 90; length < 130; length++) {
      const error = await failure(`data: ${'x'.repeat(length)}\n`, { maxEventBytes: 100 });
      expect(error).toMatchObject({ name: 'StreamError', code: error.pending ? 'truncated' : 'too-large' });
    }
  });

  it('the limit counts bytes, not characters', async () => {
    const event = piece('é'.repeat(1000), 'stop');
    const size = bytes(JSON.stringify(event)).length;
    expect(await read(sse(event), { maxEventBytes: size })).toHaveLength(1);
    expect(await failure(sse(event), { maxEventBytes: size - 1 })).toMatchObject({ code: 'too-large' });
  });

  it('small events may add up to more than the limit', async () => {
    const text = stream(...Array.from({ length: 500 }, () => 'x'.repeat(100)));
    expect(await read(text, { maxEventBytes: 2000 })).toHaveLength(500);
  });

  // Quadratic work would be 256 times as much. CPU time, as wall time grows with what else the machine does.
  it('sixteen times the bytes of one event take less than 100 times the work', async () => {
    const work = async (size: number) => {
      const text = sse(piece('x'.repeat(size), 'stop'));
      const start = process.cpuUsage();
      await collect(EventStream.fromReadableStream(chunked(text, 1_400)));
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    await work(1_000_000);
    const small = Math.min(await work(1_000_000), await work(1_000_000), await work(1_000_000));
    const large = await work(16_000_000);
    expect(large / small).toBeLessThan(100);
  });
});

describe('one reader', () => {
  it('a second iteration is an error', async () => {
    const result = EventStream.fromReadableStream(bodyOf(stream('a', 'b')));
    await collect(result);
    expect(await failureOf(collect(result))).toMatchObject({ code: 'already-read' });
  });

  it('reads that do not wait for one another get the events in order', async () => {
    const iterator = EventStream.fromReadableStream(bodyOf(...stream('a', 'b', 'c').split(/(?<=\n\r\n)/)))[
      Symbol.asyncIterator
    ]();
    const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    expect(results.map(({ value }) => (value as { data: { output: string }[] } | undefined)?.data[0]!.output)).toEqual([
      'a',
      'b',
      'c',
      undefined,
    ]);
  });

  it('after the end every further read is done', async () => {
    const iterator = EventStream.fromReadableStream(bodyOf(sse(piece('a', 'stop'))))[Symbol.asyncIterator]();
    await iterator.next();
    for (const _ of Array.from({ length: 3 })) expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('after an error the stream is over', async () => {
    const iterator = EventStream.fromReadableStream(bodyOf(sse(piece('a'))))[Symbol.asyncIterator]();
    await iterator.next();
    expect(await failureOf(iterator.next())).toMatchObject({ code: 'truncated' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('no chunk is read that nobody asks for', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(bytes(sse(piece(String(pulls++))))) },
      { highWaterMark: 0 },
    );
    const iterator = EventStream.fromReadableStream(body)[Symbol.asyncIterator]();
    expect(pulls).toBe(0);
    await iterator.next();
    await iterator.next();
    expect(pulls).toBe(2);
    await iterator.return?.();
  });
});

/** What comes of a body that ends with these bytes, after an event that is whole. */
const readEnd = (...last: number[]) =>
  collect(EventStream.fromReadableStream(bodyOf(sse(piece('a')), new Uint8Array(last)), { onIncomplete: 'end' }));

it('a body that ends within a character leaves something pending', async () => {
  const error = await failureOf(readEnd(0xc3));
  expect(error).toBeInstanceOf(StreamError);
  expect(error).toMatchObject({ code: 'truncated', pending: true });
});

it('a body that ends after an event leaves nothing pending', async () => {
  expect(await readEnd()).toHaveLength(1);
});

it.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('an event of many lines is one event, byte by byte, with %s', async (_, end) => {
  const event = piece('a', 'stop');
  // The data of one event in several lines, which the standard joins.
  const lines = JSON.stringify(event, null, 1).split('\n');
  const all = bytes([...lines.map((line) => `data: ${line}`), '', ''].join(end));
  const one = EventStream.fromReadableStream(bodyOf(...Array.from(all, (byte) => new Uint8Array([byte]))));
  expect(await collect(one)).toEqual([event]);
});

it('events after the last sample has finished are not given, though they came in the same chunk', async () => {
  const events: unknown[] = [];
  const stream = EventStream.fromReadableStream(bodyOf(sse(piece('a', 'stop')) + sse(piece('b', null))));
  for await (const event of stream) events.push(event);
  expect(events).toHaveLength(1);
});

it('whoever leaves the loop at the last event has read the stream whole', async () => {
  const ends: ClientEvent[] = [];
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    observe: (event) => void (event.type === 'end' && ends.push(event)),
    fetch: async () => new Response(sse(piece('a', 'stop')), { headers: { 'Content-Type': 'text/event-stream' } }),
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
  controller?.enqueue(bytes(sse(piece('a', null))));
  await iterator.next();
  const { firstEventMs } = stream.stats;
  await sleep(15);
  controller?.enqueue(bytes(sse(piece('b', 'stop'))));
  await iterator.next();
  expect(firstEventMs).toBeTypeOf('number');
  expect(stream.stats.firstEventMs).toBe(firstEventMs);
});

it('a stream that has been read leaves no listener on the signal', async () => {
  const { signal } = new AbortController();
  const stream = EventStream.fromReadableStream(bodyOf(sse(piece('a', 'stop'))), { signal });
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
  const text = `${sse(piece('a', null))}data: [DONE]\n\n${sse(piece('b', null))}`;
  for await (const event of EventStream.fromReadableStream(bodyOf(text))) events.push(event);
  expect(events).toHaveLength(1);
});
