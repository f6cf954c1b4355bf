import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStream } from '../src/index.ts';
import { bodyOf, collect, failureOf, piece, sse, stream } from './support/events.ts';

interface Answer {
  data: Record<string, unknown>[];
  usage: object | null;
}

const open = (...events: unknown[]) =>
  EventStream.fromReadableStream<Answer>(bodyOf(sse(...events)), { onIncomplete: 'end' });
const call = (id: string | undefined, name: string | null, text: string | null) => ({
  id,
  function: { name, arguments: text },
});

describe('servers that keep less to the document', () => {
  it('samples without index, null samples and envelopes without data are understood', async () => {
    const result = open(
      { usage: { prompt_tokens: 1 } },
      { data: [null, { output: 'b', id: 'x' }] },
      { data: [{ output: null }, { output: 'c', finish_reason: 'stop' }], usage: { prompt_tokens: 2, model: 'm' } },
      { data: null, note: 'x' },
    );
    const answer = await result.final();
    expect(answer.data.map(({ index, output }) => [index, output])).toEqual([
      [0, ''],
      [1, 'bc'],
    ]);
    expect(result.sample(1).output).toBe('bc');
  });

  it('null and empty lists in the last event take nothing away that was said', async () => {
    const said = { messages: [{ role: 'user', content: 'q' }], logprobs: { tokens: ['a'] } };
    const unsaid = { messages: [], logprobs: null, model_config_id: null };
    const answer = await open(
      { ...piece('a', null, 0, said), user: 'u' },
      { ...piece('', 'stop', 0, unsaid), user: null },
    ).final();
    expect(answer).toMatchObject({
      user: 'u',
      data: [{ ...said, model_config_id: 'config_0', finish_reason: 'stop' }],
    });
  });

  it('usage that is not of numbers takes the last value', async () => {
    const usage = (model: string, count: number) => ({ prompt_tokens: count, model });
    const answer = await open({ ...piece('a', 'stop'), usage: usage('x', 1) }).final();
    expect(answer.usage).toEqual(usage('x', 1));
    const two = EventStream.fromReadableStream<Answer>(
      bodyOf(sse({ ...piece('a', 'stop'), usage: usage('x', 1) }, { ...piece('b', 'stop', 1), usage: usage('y', 2) })),
      { num_samples: 2 },
    );
    expect((await two.final()).usage).toEqual(usage('y', 3));
  });

  it('usage of an event counts once, and for all samples where it has none', async () => {
    const usage = { prompt_tokens: 3, generation_tokens: 7 };
    const entries = [0, 1].flatMap((index) => (piece('a', 'stop', index) as Answer).data);
    expect((await open({ data: entries, usage }).final()).usage).toEqual(usage);
    const both = [...[0, 1].map((index) => piece('a', index ? null : 'stop', index)), { data: [], usage }];
    const result = EventStream.fromReadableStream<Answer>(bodyOf(sse(...both)), {
      num_samples: 2,
      onIncomplete: 'end',
    });
    expect((await result.final()).usage).toEqual(usage);
  });

  it.each([0, 1])('tool calls in pieces that are counted from %i are put together', async (first) => {
    const bring = (...tool_calls: object[]) => piece('', null, 0, { tool_calls, output_message: null });
    const answer = await open(
      bring({ index: first, ...call('f', 'f', '{"a"') }),
      bring({ index: first + 1, ...call('g', 'g', '') }),
      bring({ index: first, ...call(undefined, null, ':1}') }),
      bring({ index: first + 1, ...call(undefined, null, '{}') }),
      piece('', 'tool_call', 0, { output_message: null }),
    ).final();
    expect(answer.data[0]?.['tool_calls']).toMatchObject([call('f', 'f', '{"a":1}'), call('g', 'g', '{}')]);
  });

  it('tool calls in pieces, without ids, or repeated are put together', async () => {
    const bring = (...tool_calls: object[]) => piece('', null, 0, { tool_calls, output_message: null });
    const answer = await open(
      bring(call(undefined, 'f', null)),
      bring(call(undefined, null, '{"a"')),
      bring(call(undefined, null, ':1}')),
      bring(call('g', 'g', '{}')),
      bring(call('g', 'g', '{}')),
      piece('', 'tool_call', 0, { output_message: null }),
    ).final();
    expect(answer.data[0]?.['tool_calls']).toEqual([call(undefined, 'f', '{"a":1}'), call('g', 'g', '{}')]);
  });

  it('messages with parts for content are left as they are', async () => {
    const content = [{ type: 'text', text: 'a' }];
    const answer = await open(piece('a', 'stop', 0, { output_message: { role: 'assistant', content } })).final();
    expect(answer.data[0]).toMatchObject({ output: 'a', output_message: { content } });
  });

  it('an index that is out of all proportion costs no more than another', async () => {
    const result = open(piece('a', null, 1e9), piece('b', null, 1e9), piece('c', 'stop'));
    const { data } = await result.final();
    expect(data.map(({ index, output }) => [index, output])).toEqual([
      [0, 'c'],
      [1e9, 'ab'],
    ]);
  });

  it('a sample that never came is empty', async () => {
    const result = open(piece('a', 'stop'));
    await result.final();
    expect(result.samples).toHaveLength(1);
    expect([result.sample(7).index, result.sample(7).output, result.sample(7).model_config_id]).toEqual([
      7,
      '',
      undefined,
    ]);
    expect(result.sample(7).current).toMatchObject({ index: 7, output: '' });
  });

  it('long texts come out whole, for late and for slow readers', async () => {
    const outputs = Array.from({ length: 5000 }, (_, index) => `${index} `);
    const text = stream(...outputs);
    expect(await EventStream.fromReadableStream<Answer>(bodyOf(text)).sample(0).finalText()).toBe(outputs.join(''));
    const result = EventStream.fromReadableStream<Answer>(bodyOf(text));
    const sample = result.sample(0);
    let slow = '';
    const reading = (async () => {
      for await (const piece of sample) {
        slow += piece;
        await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    await collect(result);
    await reading;
    expect(slow).toBe(outputs.join(''));
  });
});

describe('shapes that no server should send', () => {
  const read = async (events: unknown[], num_samples?: number) => {
    const result = EventStream.fromReadableStream<Answer>(bodyOf(sse(...events)), { num_samples });
    const text: unknown[] = [];
    for await (const delta of result.text()) text.push(delta.text);
    return { answer: await result.final(), text };
  };

  it.each([
    ['arguments that are parsed, said twice', [{ id: 'c', function: { name: 'f', arguments: { a: 1 } } }]],
    ['an empty tool call', [null]],
    ['tool calls that are no list', 'none'],
    ['a function that is a word', [{ id: 'c', function: 'f' }]],
  ])('%s end no stream', async (_, tool_calls) => {
    const entry = { index: 0, output: 'a', output_message: { role: 'assistant', content: 'a', tool_calls } };
    const { answer } = await read([{ data: [entry] }, { data: [entry] }, piece('b', 'stop')]);
    expect(answer.data[0]).toMatchObject({ output: 'aab', finish_reason: 'stop' });
  });

  it.each(['length', '__proto__', {}, true, null])('an index %j is a sample as well', async (index) => {
    const { text } = await read([{ data: [{ index, output: 'x' }] }, piece('b', 'stop'), piece('c', 'stop', 1)], 2);
    expect(text).toEqual(['x', 'b', 'c']);
  });

  it('an index of digits is a number', async () => {
    const { answer } = await read(
      [{ data: [{ index: '1', output: 'x', finish_reason: 'stop' }] }, piece('b', 'stop')],
      2,
    );
    expect(answer.data.map(({ output }) => output)).toEqual(['b', 'x']);
  });

  it.each(['1e9', '1e999'])('samples cost no memory for %s samples that a server claims', async (claim) => {
    const event = sse({ data: [{ index: 0, output: 'a' }], num_samples: 0 }).replace(':0}', `:${claim}}`);
    const result = EventStream.fromReadableStream(bodyOf(event));
    expect(await failureOf(collect(result))).toMatchObject({ code: 'truncated' });
    expect(result.samples).toHaveLength(1000);
    expect(result.samples[0]?.output).toBe('a');
  });

  it('no JSON object is taken for a lost connection', async () => {
    const words = fc.constantFrom('data', 'index', 'output', 'finish_reason', 'usage', 'tool_calls', 'num_samples');
    const nested = fc.constantFrom('output_message', 'raw_output', 'function', 'arguments', 'content', 'id');
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>(null, true, 0, -1, 1e300, '', 'x', '__proto__', 'length', 'stop'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(words, nested), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    const event = fc.record({ data: fc.array(value, { maxLength: 2 }) }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(event, fc.dictionary(words, value)), { maxLength: 4 }), async (events) => {
        const result = EventStream.fromReadableStream<Answer>(bodyOf(sse(...events)), { onIncomplete: 'end' });
        const samples = result.samples.map((sample) => sample.finalText().catch(() => {}));
        const outcome = await collect(result.text()).then(
          () => 'ended',
          (error: { code?: string }) => error.code,
        );
        expect(['ended', 'error-event']).toContain(outcome);
        if (outcome === 'ended') await result.final();
        await Promise.all(samples);
      }),
    );
  });
});

describe('calls that come in pieces', () => {
  const join = async (...pieces: [id: string | undefined, text: string][]) => {
    const events = pieces.map(([id, text]) => ({
      data: [{ index: 0, output: '', tool_calls: [call(id, 'f', text)] }],
    }));
    const { data } = await open(...events).final();
    return (data[0]?.['tool_calls'] as ReturnType<typeof call>[] | undefined)?.map((each) => each.function.arguments);
  };

  it('pieces that begin alike are pieces, where only the first names the call', async () => {
    expect(await join(['c', ''], [undefined, '{"a":'], [undefined, '{"a":'], [undefined, '1}}'])).toEqual([
      '{"a":{"a":1}}',
    ]);
    expect(await join(['c', '['], [undefined, '['], [undefined, '1]]'])).toEqual(['[[1]]']);
  });

  it('what names its call again and begins with what was said repeats it', async () => {
    expect(await join(['c', '{"a"'], ['c', '{"a":1}'], ['c', '{"a":1}'])).toEqual(['{"a":1}']);
  });
});

describe('samples that nobody asked for', () => {
  it.each([7, -1])('a finish reason of sample %i is not that of one which was', async (index) => {
    const result = EventStream.fromReadableStream(bodyOf(sse(piece('a', 'stop'), piece('x', 'stop', index))), {
      num_samples: 2,
    });
    expect(await failureOf(collect(result))).toMatchObject({ code: 'truncated' });
  });

  it('a loop over one that never comes says so', async () => {
    const result = EventStream.fromReadableStream(bodyOf(stream('a')));
    expect(await failureOf(collect(result.sample(5)))).toMatchObject({ code: 'invalid-request' });
  });
});

it('data of blanks only is a heartbeat', async () => {
  const body = bodyOf('data:   \n\n', 'data:\ndata:\n\n', stream('a'));
  expect(await collect(EventStream.fromReadableStream(body))).toHaveLength(1);
});
