import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { EventStream, Humanloop } from '../src/index.ts';
import { tee } from '../src/tee.ts';
import { bodyOf, collect, failureOf, piece, sse, stream } from './support/events.ts';

interface Answer {
  data: {
    index: number;
    output: string;
    raw_output: string;
    finish_reason: string;
    model_config_id: string;
    tool_calls?: unknown[];
    output_message: { content: string; tool_calls: unknown[] };
    messages?: unknown[];
  }[];
  usage: object;
  project_id?: string;
}

const open = (text: string, num_samples?: number) =>
  EventStream.fromReadableStream<Answer>(bodyOf(...text.split(/(?<=\n\r\n)/)), { num_samples });
const two = sse(
  piece('a', null, 0),
  piece('A', null, 1),
  piece('b', null, 0),
  piece('B', 'length', 1),
  piece('c', 'stop', 0),
);

describe('text()', () => {
  it('gives pieces with the index of their sample', async () => {
    expect(await collect(open(two, 2).text())).toEqual([
      { index: 0, text: 'a' },
      { index: 1, text: 'A' },
      { index: 0, text: 'b' },
      { index: 1, text: 'B' },
      { index: 0, text: 'c' },
    ]);
  });
});

describe('final()', () => {
  it('drives the stream if nobody iterates', async () => {
    const { data } = await open(two, 2).final();
    expect(data.map(({ output, finish_reason, model_config_id }) => [output, finish_reason, model_config_id])).toEqual([
      ['abc', 'stop', 'config_0'],
      ['AB', 'length', 'config_1'],
    ]);
  });

  it('accompanies a loop that begins after it, and one that has ended', async () => {
    const result = open(two, 2);
    const final = result.final();
    expect(await collect(result)).toHaveLength(5);
    expect((await final).data).toHaveLength(2);
    expect(await result.final()).toEqual(await final);
  });

  it('rejects with the stream', async () => {
    const cut = open(sse(piece('a')));
    const final = cut.final();
    expect(await failureOf(collect(cut))).toBe(await failureOf(final));
    expect(await failureOf(open(sse(piece('a'))).final())).toMatchObject({ code: 'truncated' });
  });

  it('rejects when the stream was left, unless all had come', async () => {
    const left = open(two, 2);
    for await (const _ of left) break;
    expect(await failureOf(left.final())).toMatchObject({ name: 'AbortError' });
    const whole = open(stream('a', 'b'));
    for await (const event of whole) if (event.data[0]!.finish_reason) break;
    expect((await whole.final()).data[0]!.output).toBe('ab');
  });

  it('merges messages, tool calls, raw text and usage', async () => {
    const call = (id: string, text: string) => ({ id, type: 'function', function: { name: id, arguments: text } });
    const events = [
      { ...piece(' '), project_id: 'pr_1' },
      piece('x', null, 0, { raw_output: ' x', messages: [{ role: 'user', content: 'q' }] }),
      piece('y', null, 0, {
        tool_calls: [call('f', '{}')],
        output_message: { role: 'assistant', content: 'y', tool_calls: [call('f', '{}')] },
      }),
      piece('', null, 0, { tool_calls: [call('g', '{"a":')], output_message: null }),
      piece('', null, 0, { tool_calls: [call('g', '1}')], output_message: null }),
      { ...piece('z', 'tool_call', 0, { raw_output: 'z ' }), usage: { prompt_tokens: 3, generation_tokens: 2 } },
      { ...piece('Z', 'stop', 1), usage: { prompt_tokens: 3, generation_tokens: 5 } },
    ];
    const answer = await open(sse(...events), 2).final();
    expect(answer).toMatchObject({ project_id: 'pr_1', usage: { prompt_tokens: 6, generation_tokens: 7 } });
    expect(answer.data[0]).toMatchObject({
      output: ' xyz',
      raw_output: '  xyz ',
      finish_reason: 'tool_call',
      tool_calls: [call('f', '{}'), call('g', '{"a":1}')],
      output_message: { role: 'assistant', content: ' xyz', tool_calls: [call('f', '{}'), call('g', '{"a":1}')] },
    });
  });

  it('keeps what only the first event says: later ones of completions have empty inputs', async () => {
    const events = [
      { ...piece('a', null, 0, { inputs: { shop: 'x' } }), metadata: { channel: 'web' } },
      { ...piece('b', 'stop', 0, { inputs: {} }), metadata: {} },
    ];
    const answer = await open(sse(...events)).final();
    expect(answer).toMatchObject({ metadata: { channel: 'web' }, data: [{ output: 'ab', inputs: { shop: 'x' } }] });
  });

  it.each(['tool_call', 'stop'])('has the text as its message where the last event, %s, has none', async (reason) => {
    const last = piece('', reason, 0, { output_message: { role: 'assistant', content: null, tool_calls: [] } });
    expect((await open(sse(piece('a'), last)).final()).data[0]?.output_message.content).toBe('a');
    expect((await open(sse(last)).final()).data[0]?.output_message.content).toBe(null);
  });

  it('counts usage once where an event has two pieces of one sample', async () => {
    const usage = { prompt_tokens: 3, generation_tokens: 2 };
    const data = [piece('a'), piece('b', 'stop')].flatMap((event) => (event as Answer).data);
    expect(await open(sse({ data, usage })).final()).toMatchObject({ usage, data: [{ output: 'ab' }] });
  });

  it('keeps what is raw where an event has two pieces of one sample', async () => {
    const data = [piece('a', null, 0, { raw_output: ' a' }), piece('b', 'stop')].flatMap(
      (event) => (event as Answer).data,
    );
    expect(await open(sse({ data })).final()).toMatchObject({ data: [{ output: 'ab', raw_output: ' ab' }] });
  });

  it('is the same as the JSON answer would have been, for one event', async () => {
    const event = { ...piece('a', 'stop'), usage: { prompt_tokens: 1 } };
    expect(await open(sse(event)).final()).toEqual(event);
  });
});

describe('samples', () => {
  it('are read at the same time', async () => {
    const result = open(two, 2);
    const texts = await Promise.all(result.samples.map((sample) => collect(sample)));
    expect(texts).toEqual([
      ['a', 'b', 'c'],
      ['A', 'B'],
    ]);
    expect(result.samples.map(({ finish_reason, model_config_id }) => [finish_reason, model_config_id])).toEqual([
      ['stop', 'config_0'],
      ['length', 'config_1'],
    ]);
  });

  it.each(['final()', 'another loop over it', 'text()', 'the loop'])('lose no text beside %s', async (beside) => {
    // All that microtasks can do to the order of the two.
    for (let wait = 0; wait < 12; wait++) {
      const result = EventStream.fromReadableStream<Answer>(bodyOf(sse(piece('a'), piece('b')), stream('c', 'd', 'e')));
      const other = {
        'final()': () => result.final(),
        'another loop over it': () => collect(result.sample(0)),
        'text()': () => collect(result.text()),
        'the loop': () => collect(result),
      }[beside]!();
      for (let turn = 0; turn < wait; turn++) await Promise.resolve();
      const pieces: string[] = [];
      for await (const text of result.sample(0)) {
        pieces.push(text);
        for (let turn = 0; turn < wait; turn++) await Promise.resolve();
      }
      expect(pieces.join('')).toBe('abcde');
      await other;
    }
  });

  it('are read one after the other: the later one gives what it missed in one piece', async () => {
    const result = open(two, 2);
    expect(await collect(result.sample(0))).toEqual(['a', 'b', 'c']);
    expect(await collect(result.sample(1))).toEqual(['AB']);
    await result.final();
    expect(result.stats.endMs).toBeDefined();
  });

  it('have their own final text and entry', async () => {
    const result = open(two, 2);
    expect(await result.sample(1).finalText()).toBe('AB');
    expect(await result.sample(0).final()).toMatchObject({ output: 'abc', finish_reason: 'stop' });
  });

  it('follow a loop', async () => {
    const result = open(two, 2);
    const [texts] = await Promise.all([collect(result.sample(0)), collect(result)]);
    expect(texts.join('')).toBe('abc');
  });

  it('that are not there have no end', async () => {
    expect(await failureOf(open(stream('a')).sample(3).final())).toMatchObject({
      code: 'invalid-request',
      message: 'event stream: the stream had no sample 3',
    });
  });

  it('reject with the stream', async () => {
    const result = open(sse(piece('a')));
    expect(await failureOf(collect(result.sample(0)))).toMatchObject({ code: 'truncated' });
    expect(await failureOf(result.sample(0).final())).toMatchObject({ code: 'truncated' });
  });
});

describe('a sample of a stream that is cut', () => {
  it('leaves no error unhandled where a loop has it', async () => {
    const result = open(sse(piece('a')));
    const text = result.sample(0).finalText();
    const entry = result.sample(0).final();
    expect(await failureOf(collect(result))).toMatchObject({ code: 'truncated' });
    // A rejection without a handler is told after this turn, and fails the run.
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await failureOf(text)).toMatchObject({ code: 'truncated' });
    expect(await failureOf(entry)).toMatchObject({ code: 'truncated' });
  });
});

describe('tee()', () => {
  it('gives two streams of the same events, with helpers', async () => {
    const [first, second] = open(two, 2).tee();
    expect(await collect(first)).toHaveLength(5);
    expect((await second.final()).data[1]!.output).toBe('AB');
  });

  it('takes events as long as the stream took, and an error that says nothing', async () => {
    const body = bodyOf(sse({ data: [{ output: 'x'.repeat(68_000_000), finish_reason: 'stop' }] }));
    const [first] = EventStream.fromReadableStream(body, { maxEventBytes: 100_000_000 }).tee();
    expect(await collect(first)).toHaveLength(1);
    const [one] = open('event: error\ndata:\n\n').tee();
    expect(await failureOf(one.final())).toMatchObject({ code: 'error-event', detail: undefined });
  });

  it('a branch that has ended stays ended', async () => {
    const [first, second] = open(stream('a')).tee();
    await collect(first);
    const iterator = second[Symbol.asyncIterator]();
    const results = [await iterator.next(), await iterator.next(), await iterator.next()];
    expect(results.map(({ done }) => done)).toEqual([false, true, true]);
  });

  it('leaves events as they are, and counts for itself', async () => {
    const result = open(two, 2);
    const [first, second] = result.tee();
    const events = await collect(first);
    expect(events[0]).toEqual(JSON.parse(two.slice(6, two.indexOf('\r'))));
    await second.final();
    expect([first.stats.events, second.stats.events]).toEqual([5, 5]);
    expect(second.stats.bytes).toBeGreaterThan(0);
  });

  it('gives the slower one what came before the failure', async () => {
    const [first, second] = open(sse(piece('a'), piece('b'))).tee();
    await failureOf(collect(first));
    const seen: unknown[] = [];
    const read = async () => {
      for await (const event of second) seen.push(event);
    };
    expect(await failureOf(read())).toMatchObject({ code: 'truncated' });
    expect(seen).toHaveLength(2);
  });

  it('reads nothing that neither branch asks for', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(new TextEncoder().encode(sse(piece(String(pulls++))))) },
      { highWaterMark: 0 },
    );
    const [first, second] = EventStream.fromReadableStream<Answer>(body).tee();
    const iterator = first[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    expect(pulls).toBe(2);
    first.abort();
    second.abort();
  });

  it('gives both the failure', async () => {
    const [first, second] = open(sse(piece('a'))).tee();
    expect(await failureOf(collect(first))).toMatchObject({ code: 'truncated' });
    expect(await failureOf(second.final())).toMatchObject({ code: 'truncated' });
  });

  it('lets go of what a branch that was left would have read', async () => {
    async function* list(): AsyncGenerator<object, undefined> {
      yield {};
      yield {};
      yield {};
      return undefined;
    }
    const [left, read] = tee(list());
    await left.return?.();
    await read.next();
    const second = new WeakRef((await read.next()).value as object);
    await read.next();
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    await expect.poll(() => (collectGarbage(), second.deref() === undefined)).toBe(true);
    expect(left).toBeDefined();
  });

  it('cancels the body when both are left', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => controller.enqueue(new TextEncoder().encode(sse(piece('a')))),
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const [first, second] = EventStream.fromReadableStream<Answer>(body).tee();
    for await (const _ of first) break;
    expect(cancelled).toBe(false);
    second.abort();
    expect(await failureOf(collect(second))).toMatchObject({ name: 'AbortError' });
    expect(cancelled).toBe(true);
  });
});

describe('toReadableStream()', () => {
  const pass = (result: EventStream<Answer>, options = {}) =>
    EventStream.fromReadableStream<Answer>(result.toReadableStream(), options);

  it('passes events on, and how many samples there are', async () => {
    const [first, ...others] = await collect(open(two, 2));
    expect(await collect(pass(open(two, 2)))).toEqual([{ ...first, num_samples: 2 }, ...others]);
  });

  it('passes the proof of [DONE] on', async () => {
    expect(await collect(pass(open(`${sse(piece('a'))}data: [DONE]\r\n\r\n`)))).toHaveLength(1);
    const unproven = EventStream.fromReadableStream<Answer>(bodyOf(sse(piece('a'))), { onIncomplete: 'end' });
    expect(await failureOf(collect(pass(unproven)))).toMatchObject({ code: 'truncated' });
  });

  it('passes an error of the server on, and breaks where the stream broke', async () => {
    const error = { type: 't', message: 'm', code: 500, origin: 'o' };
    expect(await failureOf(collect(pass(open(sse(piece('a'), { detail: error })))))).toMatchObject({
      code: 'error-event',
      detail: error,
    });
    expect(await failureOf(collect(pass(open(sse(piece('a'))))))).toMatchObject({ code: 'truncated' });
  });

  it('leaves the stream when it is cancelled', async () => {
    const result = open(two, 2);
    const reader = result.toReadableStream().getReader();
    await reader.read();
    await reader.cancel();
    expect(result.stats.endMs).toBeDefined();
  });
});

// Quadratic work takes more than ten times as long. CPU time, as wall time grows with what else the machine does.
describe('60,000 events take little more work than a loop', () => {
  const chunks = Array.from({ length: 600 }, () => sse(...Array.from({ length: 100 }, () => piece('x'.repeat(200)))));
  const many = () => EventStream.fromReadableStream<Answer>(bodyOf(...chunks, stream('')));
  const work = async (iterable: AsyncIterable<unknown>) => {
    const start = process.cpuUsage();
    for await (const _ of iterable);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };

  it('through a sample', async () => {
    const loop = await work(many());
    expect((await work(many().sample(0))) / loop).toBeLessThan(6);
  });

  it('through the slower branch of tee()', async () => {
    const [first, second] = many().tee();
    const faster = await work(first);
    expect((await work(second)) / faster).toBeLessThan(2);
  });
});

it('a sample beyond those asked for proves nothing, unless the server counts from one', async () => {
  const beyond = sse(piece('a', null, 0), piece('x', 'stop', 1), piece('b', 'length', 0));
  for (const num_samples of [1, undefined]) {
    const { data } = await open(beyond, num_samples).final();
    expect(data[0]).toMatchObject({ output: 'ab', finish_reason: 'length' });
  }
  const fromOne = open(sse(piece('a', null, 1), piece('b', 'stop', 1)), 1);
  void fromOne.sample(0);
  expect((await fromOne.final()).data[0]).toMatchObject({ index: 1, output: 'ab' });
});

it('samples that were asked for, but never came, are in no error', async () => {
  const cut = open(sse(piece('a', null, 0)), 3);
  expect(cut.samples).toHaveLength(3);
  void cut.sample(7);
  expect(await failureOf(cut.final())).toMatchObject({ partial: [{ index: 0, output: 'a', finish_reason: null }] });
});

it.each([null, 0])('num_samples: %s says nothing: one is expected', async (num_samples) => {
  const humanloop = new Humanloop({
    baseUrl: 'http://x.test',
    apiKey: 'k',
    fetch: async () => new Response(stream('a'), { headers: { 'Content-Type': 'text/event-stream' } }),
  });
  const request = { project: 'p', messages: [], num_samples: num_samples as number };
  expect((await humanloop.chats.createDeployedStream(request)).samples).toHaveLength(1);
  const said = sse({ ...piece('a'), num_samples }, { ...piece('b', 'stop'), num_samples });
  expect((await open(said).final()).data).toMatchObject([{ output: 'ab' }]);
});

it('a branch of tee() counts its times from the tee, and knows the retries before it', async () => {
  const source = open(stream('a'));
  Object.assign(source.stats, { retries: 2 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [branch] = source.tee();
  expect(branch.stats.startedAt).toBeGreaterThanOrEqual(source.stats.startedAt + 15);
  expect(branch.stats.retries).toBe(2);
});

describe('fromReadableStream() with a Response', () => {
  const read = (response: Response) => EventStream.fromReadableStream<Answer>(response).final();
  const html = { 'Content-Type': 'text/html' };

  it('reads its body, and keeps it with its request id', async () => {
    const response = new Response(stream('a'), { headers: { 'X-Request-ID': 'req_1' } });
    const result = EventStream.fromReadableStream<Answer>(response);
    expect((await result.final()).data[0]?.output).toBe('a');
    expect(result).toMatchObject({ response, requestId: 'req_1' });
  });

  it.each([
    [Response.json({ detail: 'no' }, { status: 401 }), { name: 'AuthenticationError', status: 401, detail: 'no' }],
    [new Response('busy', { status: 503 }), { name: 'ServiceUnavailableError', status: 503, detail: 'busy' }],
    [new Response(null, { status: 500 }), { name: 'InternalServerError', status: 500 }],
    [new Response('<html>', { status: 502, headers: html }), { name: 'ApiError', status: 502 }],
    [new Response('<html>', { headers: html }), { code: 'not-a-stream', status: 200, mediaType: 'text/html' }],
    [new Response(null), { code: 'truncated' }],
  ])('fails when it is none: %#', async (response, want) => {
    expect(await failureOf(read(response))).toMatchObject(want);
  });
});

it.each([
  ['{"detail":"no key"}', { name: 'StreamError', code: 'error-event', detail: 'no key', phase: 'stream' }],
  ['<html>', { name: 'StreamError', code: 'not-a-stream', excerpt: '<html>' }],
])('of a body alone no status is told: %s', async (text, want) => {
  const error = await failureOf<Error & { status?: number }>(open(text).final());
  expect(error).toMatchObject(want);
  expect(error.status).toBeUndefined();
  expect(error.message).not.toMatch(/200|undefined/);
});
