/** The examples of streams behave as docs/decisions/001-event-streams.md says, and show what their names promise. */
import { describe, expect, test } from 'vitest';
import { bundle } from '../src/bundle.ts';
import { operations, resolve } from '../src/document.ts';
import { createValidate } from '../src/validate.ts';
import { contentsOf, exampleStreams, exampleValues } from './examples/collect.ts';

/** What the tests read of an envelope: ChatResponse or CompletionResponse. */
interface Envelope {
  num_samples: number;
  data: {
    index: number;
    id: string;
    output: string;
    finish_reason: string | null;
    model_config_id: string;
    tool_calls?: unknown[] | null;
    tool_results: unknown[] | null;
  }[];
}

const document = await bundle();
const validate = createValidate({ components: document.components });
const requests = [...exampleValues(document)].filter(({ place }) => place.startsWith('body '));
const streams = [...exampleStreams(document)].map((stream) => {
  const contents = [...contentsOf(stream, document, validate)];
  const envelopes = contents.filter(({ event }) => event.event !== 'error').map(({ value }) => value as Envelope);
  return { ...stream, contents, envelopes, samples: envelopes.flatMap(({ data }) => data) };
});
const named = (wanted: string) => streams.filter(({ name }) => name === wanted);

test('every operation that streams has examples of its stream', () => {
  const streaming = [...operations(document)].filter(({ operation }) =>
    Object.values(operation.responses).some(
      (response) => 'text/event-stream' in (resolve(document, response).content ?? {}),
    ),
  );
  const shown = new Set(streams.map(({ operationId }) => operationId));
  const missing = streaming.map(({ operation }) => operation.operationId).filter((id) => !shown.has(id));
  expect(missing, `No example of a stream: ${missing.join(', ')}`).toEqual([]);
});

describe.each(streams)('$operationId $name', ({ operationId, name, text, contents, envelopes, samples }) => {
  const isError = name === 'error-in-mid-stream';
  const indexes = [...new Set(samples.map(({ index }) => index))];

  test('carries one sample in each event', () => {
    expect(envelopes.filter(({ data }) => data.length !== 1)).toEqual([]);
  });

  test('tells samples apart by index and id', () => {
    const pairs = new Set(samples.map(({ index, id }) => `${index} ${id}`));
    expect(pairs.size).toBe(indexes.length);
    expect(new Set(samples.map(({ id }) => id)).size).toBe(indexes.length);
  });

  test('has as many samples as were asked for', () => {
    const request = requests.find((body) => body.operationId === operationId && body.place.endsWith(` ${name}`));
    const { num_samples = 1, stream } = (request?.value ?? { stream: true }) as {
      num_samples?: number;
      stream: boolean;
    };
    expect(stream).toBe(true);
    expect(envelopes.every((envelope) => envelope.num_samples === num_samples)).toBe(true);
    expect(indexes).toEqual(Array.from({ length: num_samples }, (_, index) => index));
  });

  test(`ends ${isError ? 'with the error, and finishes no sample' : 'each sample with its finish_reason'}`, () => {
    const isLast = contents.map((_, at) => at === contents.length - 1);
    expect(contents.map(({ event }) => event.event === 'error')).toEqual(isLast.map((last) => last && isError));
    for (const index of indexes) {
      const own = samples.filter((sample) => sample.index === index);
      const isFinished = own.map(({ finish_reason }) => finish_reason !== null);
      expect(isFinished).toEqual(own.map((_, at) => at === own.length - 1 && !isError));
    }
  });

  test(`ends each line with ${name === 'crlf-and-comments' ? 'CRLF' : 'LF'}`, () => {
    const ends = new Set(text.match(/\r\n|\r|\n/g));
    expect([...ends]).toEqual([name === 'crlf-and-comments' ? '\r\n' : '\n']);
  });
});

test.each(named('two-samples'))('$operationId two-samples mixes its samples', ({ samples }) => {
  const order = samples.map(({ index }) => index);
  expect(order).not.toEqual(order.toSorted((a, b) => a - b));
});

test.each(named('two-samples').filter(({ operationId }) => operationId.endsWith('Experiment')))(
  '$operationId two-samples draws two model configs',
  ({ samples }) => {
    expect(new Set(samples.map(({ index, model_config_id }) => `${index} ${model_config_id}`)).size).toBe(2);
    expect(new Set(samples.map(({ model_config_id }) => model_config_id)).size).toBe(2);
  },
);

test.each(named('tool-call'))(
  '$operationId tool-call shows calls, or the results of tools',
  ({ samples, operationId }) => {
    const isChat = operationId.startsWith('Chats_');
    expect(
      samples.some(({ tool_calls, tool_results }) => ((isChat ? tool_calls : tool_results) ?? []).length > 0),
    ).toBe(true);
    expect(samples.some(({ finish_reason }) => finish_reason === 'tool_call')).toBe(isChat);
  },
);

test.each(named('many-scripts'))('$operationId many-scripts has scripts, emoji and line separators', ({ samples }) => {
  const output = samples.map(({ output }) => output).join('');
  const scripts = ['Latin', 'Cyrillic', 'Han', 'Arabic'].filter((script) =>
    new RegExp(String.raw`\p{Script=${script}}`, 'u').test(output),
  );
  expect(scripts).toHaveLength(4);
  expect(output).toMatch(/\p{Extended_Pictographic}/u);
  expect(output).toMatch(/\u2028/);
  expect(output).not.toMatch(/\p{Surrogate}/u);
});

test.each(named('crlf-and-comments'))('$operationId crlf-and-comments has comments', ({ text }) => {
  expect(text).toMatch(/^:/m);
});
