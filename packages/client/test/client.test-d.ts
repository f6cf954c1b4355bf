import type { ChatResponse, FinishReason } from '@humanloop-v4/types';
import { expectTypeOf, test } from 'vitest';
import {
  type ApiError,
  createClient,
  EventStream,
  HumanloopError,
  type RateLimitError,
  type UnprocessableEntityError,
} from '../src/index.ts';

const client = createClient({ baseUrl: 'http://127.0.0.1:4010/v4', apiKey: 'key' });

test("the data of a success is the document's type, with its open enums whole", async () => {
  const { data } = await client.POST('/chat-deployed', { body: { messages: [] } });
  expectTypeOf(data).toEqualTypeOf<ChatResponse>();
  expectTypeOf(data.data[0]?.finish_reason).toExtend<string | null | undefined>();
  expectTypeOf<FinishReason>().toExtend<NonNullable<(typeof data.data)[number]['finish_reason']>>();
});

test('an answer without content has no data', async () => {
  const { data } = await client.DELETE('/projects/{id}', { params: { path: { id: 'pr_1' } } });
  expectTypeOf(data).toEqualTypeOf<undefined>();
});

test('code written for openapi-fetch compiles, and its error is never there', async () => {
  const { data, error } = await client.GET('/evaluators');
  expectTypeOf(error).toEqualTypeOf<undefined>();
  expectTypeOf(data).toExtend<readonly { id: string }[]>();
});

test('parseAs changes the type of the data', async () => {
  const { data } = await client.GET('/evaluators', { parseAs: 'text' });
  expectTypeOf(data).toEqualTypeOf<string>();
});

test('only the streaming paths stream', () => {
  // @ts-expect-error -- `/projects` answers with one document
  void client.STREAM('/projects', { body: { name: 'x' } });
});

test('a body that asks for a stream is for STREAM', async () => {
  // @ts-expect-error -- POST answers with JSON
  void client.POST('/chat-deployed', { body: { messages: [], stream: true } });
  const { data } = await client.POST('/chat-deployed', { body: { messages: [], stream: false } });
  expectTypeOf(data).toEqualTypeOf<ChatResponse>();
  void client.POST('/feedback', { body: [{ type: 'rating', value: 'good', data_id: 'data_1' }] });
});

test('misspelt options, parameters and properties are noticed', () => {
  // @ts-expect-error -- `maxRetries`
  void client.GET('/projects', { maxRetry: 1 });
  // @ts-expect-error -- `size`
  void client.GET('/projects', { params: { query: { sise: 1 } } });
  // @ts-expect-error -- `num_samples`
  void client.POST('/chat-deployed', { body: { messages: [], samples: 2 } });
});

test('names and codes of errors are literal', () => {
  expectTypeOf<RateLimitError['name']>().toEqualTypeOf<'RateLimitError'>();
  expectTypeOf<RateLimitError['code']>().toEqualTypeOf<'rate-limited'>();
  expectTypeOf<UnprocessableEntityError['code']>().toEqualTypeOf<'unprocessable-entity'>();
  const error = new HumanloopError('m', { code: 'invalid-request' });
  // @ts-expect-error -- `idle-timeout`
  expectTypeOf(error.code === 'idle-timout').toBeBoolean();
  // @ts-expect-error -- that of a stream
  expectTypeOf<ApiError['code']>().toExtend<'truncated'>();
});

test('the finish reason of a sample is that of its entry', () => {
  const { samples } = EventStream.fromReadableStream<ChatResponse>(new ReadableStream());
  type Reason = ChatResponse['data'][number]['finish_reason'];
  expectTypeOf(samples[0]!.finish_reason).toEqualTypeOf<Exclude<Reason, undefined> | null>();
  expectTypeOf(EventStream.fromReadableStream(new ReadableStream()).sample(0).finish_reason).toEqualTypeOf<
    string | null
  >();
});
