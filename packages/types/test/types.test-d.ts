import { assertType, expectTypeOf, test } from 'vitest';
import type {
  ChatDeployedRequest,
  ChatMessageWithToolCall,
  ChatResponse,
  ChatsCreateDeployedParams,
  CompletionResponse,
  components,
  CreateDatapointRequest,
  DatasetsCreateDatapointParams,
  DatasetsListParams,
  EvaluationsLogParams,
  FinishReason,
  LogPage,
  LogResponse,
  LogsListParams,
  LogsLogParams,
  operations,
  paths,
} from '../src/index.ts';

declare const response: ChatResponse;

test('the message of an answer can be sent back', () => {
  const [sample] = response.data;
  const messages: ChatDeployedRequest['messages'] = [{ role: 'user', content: 'Where is my order?' }];
  if (sample !== undefined) messages.push(sample.output_message, { role: 'user', content: 'And the other one?' });
  assertType<ChatMessageWithToolCall[]>(response.data.map(({ output_message }) => output_message));
});

test('a switch over an open enum takes the known values, others, and none', () => {
  const finishReason = response.data[0]?.finish_reason;
  switch (finishReason) {
    case 'stop':
    case 'length':
    case 'tool_call':
      expectTypeOf(finishReason).toExtend<string>();
      break;
    case 'a value of a later server':
      break;
    case null:
    case undefined:
      expectTypeOf(finishReason).toEqualTypeOf<null | undefined>();
      break;
    default:
      expectTypeOf(finishReason).toExtend<string>();
  }
  assertType<typeof finishReason>('stop' satisfies FinishReason);
});

test('a property that a response may leave out may be null and undefined', () => {
  expectTypeOf(response.usage).toExtend<object | null | undefined>();
  expectTypeOf(response.session_id).toEqualTypeOf<string | null | undefined>();
  // @ts-expect-error -- it may be null
  assertType<string | undefined>(response.session_id);
  // @ts-expect-error -- it may be undefined
  assertType<string | null>(response.session_id);
});

test('a default makes no property of a request required', () => {
  assertType<ChatDeployedRequest>({ messages: [] });
  // @ts-expect-error -- messages are required
  assertType<ChatDeployedRequest>({ project: 'support' });
});

test('an event stream is typed as what is in its events', () => {
  type Content = operations['Chats_createDeployed']['responses'][200]['content'];
  expectTypeOf<Content['text/event-stream']>().toEqualTypeOf<ChatResponse>();
  expectTypeOf<
    paths['/completion']['post']['responses'][200]['content']['text/event-stream']
  >().toEqualTypeOf<CompletionResponse>();
});

test('components refers to the same types', () => {
  expectTypeOf<components['schemas']['ChatResponse']>().toEqualTypeOf<ChatResponse>();
  expectTypeOf<components['schemas']['PaginatedData_LogResponse_']>().toEqualTypeOf<LogPage>();
  expectTypeOf<LogPage['records']>().toEqualTypeOf<LogResponse[]>();
});

test('the request of a streaming operation does not say whether to stream', () => {
  expectTypeOf<ChatsCreateDeployedParams>().toEqualTypeOf<Omit<ChatDeployedRequest, 'stream'>>();
  // @ts-expect-error -- the method says it
  assertType<ChatsCreateDeployedParams>({ messages: [], stream: true });
  // What is typed as the whole body can be sent, all the same.
  const body: ChatDeployedRequest = { messages: [] };
  assertType<ChatsCreateDeployedParams>(body);
});

test('a flat request has path, query and body side by side', () => {
  expectTypeOf<EvaluationsLogParams>().toHaveProperty('evaluation_id').toEqualTypeOf<string>();
  expectTypeOf<EvaluationsLogParams>().toHaveProperty('evaluatee_id').toEqualTypeOf<string | undefined>();
  expectTypeOf<EvaluationsLogParams>().toHaveProperty('datapoint_id').toEqualTypeOf<string>();
  // @ts-expect-error -- evaluation_id is missing
  assertType<EvaluationsLogParams>({ datapoint_id: 'evtc_1', log: {} });
  // @ts-expect-error -- there is no such property
  assertType<LogsListParams>({ project_id: 'pr_1', projects: [] });
});

test('a list is the request itself, or stands under body beside parameters', () => {
  assertType<LogsLogParams>([{ project: 'support' }, { project: 'support' }]);
  assertType<LogsLogParams>({ project: 'support' });
  const datapoint: CreateDatapointRequest = { inputs: { question: 'Where is my order?' } };
  assertType<DatasetsCreateDatapointParams>({ dataset_id: 'evts_1', ...datapoint });
  assertType<DatasetsCreateDatapointParams>({ dataset_id: 'evts_1', log_ids: ['data_1'] });
  assertType<DatasetsCreateDatapointParams>({ dataset_id: 'evts_1', body: [datapoint, datapoint] });
});

test('an operation that takes nothing takes an empty request', () => {
  assertType<DatasetsListParams>({});
  // @ts-expect-error -- options go into the second argument
  assertType<DatasetsListParams>({ signal: new AbortController().signal });
});
