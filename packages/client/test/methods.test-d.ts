import type {
  ChatDeployedRequest,
  ChatResponse,
  CompletionResponse,
  CreateLogResponse,
  LogResponse,
  operations,
  SessionResponse,
} from '@humanloop-v4/types';
import type { operations as table, OperationId } from '@humanloop-v4/types/operations';
import { expectTypeOf, test } from 'vitest';
import type { EventStream, Humanloop } from '../src/index.ts';

declare const humanloop: Humanloop;

type Table = typeof table;

/** The method of an operation, by its name in the table. */
type MethodOf<Id extends OperationId, Suffix extends string = ''> =
  Uncapitalize<Table[Id]['resource']> extends infer Resource extends keyof Humanloop
    ? `${Table[Id]['name']}${Suffix}` extends infer Name extends keyof Humanloop[Resource]
      ? Humanloop[Resource][Name]
      : never
    : never;

type ResultOf<Method> = Method extends (...args: never) => Promise<infer Result> ? Result : never;

type StreamingId = { [Id in OperationId]: Table[Id]['streams'] extends true ? Id : never }[OperationId];
type PagingId = { [Id in OperationId]: Table[Id]['firstPage'] extends number ? Id : never }[OperationId];

/** The JSON that the document says an operation answers; nothing with 204. */
type AnswerOf<Id extends OperationId> = Table[Id]['status'] extends infer Status extends
  keyof operations[Id]['responses']
  ? operations[Id]['responses'][Status] extends { content: { 'application/json': infer Answer } }
    ? Answer
    : void
  : never;

test('every operation of the table has a method', () => {
  type Missing = { [Id in OperationId]: [MethodOf<Id>] extends [never] ? Id : never }[OperationId];
  expectTypeOf<Missing>().toEqualTypeOf<never>();
  expectTypeOf<MethodOf<'ModelConfigs_get'>>().toEqualTypeOf<Humanloop['modelConfigs']['get']>();
});

test('every method resolves to what the document says, and a paging one to a page of it', () => {
  type Wrong = {
    [Id in Exclude<OperationId, PagingId>]: [ResultOf<MethodOf<Id>>, AnswerOf<Id>] extends [
      AnswerOf<Id>,
      ResultOf<MethodOf<Id>>,
    ]
      ? never
      : Id;
  }[Exclude<OperationId, PagingId>];
  expectTypeOf<Wrong>().toEqualTypeOf<never>();
  expectTypeOf<ResultOf<MethodOf<'Chats_create'>>>().toEqualTypeOf<ChatResponse>();
  type WrongPage = {
    [Id in PagingId]: ResultOf<MethodOf<Id>> extends AnswerOf<Id> ? never : Id;
  }[PagingId];
  expectTypeOf<WrongPage>().toEqualTypeOf<never>();
  expectTypeOf<PagingId>().not.toBeNever();
});

test('every streaming operation, and no other, has a second method that resolves to a stream of its events', () => {
  type Streams = { [Id in OperationId]: [MethodOf<Id, 'Stream'>] extends [never] ? never : Id }[OperationId];
  expectTypeOf<Streams>().toEqualTypeOf<StreamingId>();
  expectTypeOf<ResultOf<MethodOf<StreamingId, 'Stream'>>>().toEqualTypeOf<
    EventStream<ChatResponse> | EventStream<CompletionResponse>
  >();
  type Wrong = {
    [Id in StreamingId]: ResultOf<MethodOf<Id, 'Stream'>> extends EventStream<
      operations[Id]['responses'][200]['content']['text/event-stream']
    >
      ? never
      : Id;
  }[StreamingId];
  expectTypeOf<Wrong>().toEqualTypeOf<never>();
});

test('a stream is read as typed events', async () => {
  for await (const event of await humanloop.chats.createDeployedStream({ messages: [] })) {
    expectTypeOf(event).toEqualTypeOf<ChatResponse>();
  }
});

test('a request that the document does not allow does not compile', () => {
  const { chats, logs, projects, datasets } = humanloop;
  // @ts-expect-error -- the messages are missing
  void chats.createDeployed({ project: 'support' });
  // @ts-expect-error -- there is no such property
  void chats.createDeployed({ messages: [], temperature: 1 });
  // @ts-expect-error -- the role is none
  void chats.createDeployed({ messages: [{ role: 'robot', content: 'Hello' }] });
  // @ts-expect-error -- the request is missing
  void projects.get();
  // @ts-expect-error -- the path parameter is missing
  void projects.update({ name: 'support' });
  // @ts-expect-error -- options go into the second argument
  void datasets.list({ signal: new AbortController().signal });
  // @ts-expect-error -- a query parameter of another type
  void logs.list({ project_id: 'pr_1', page: '1' });
});

test('the method says whether to stream, not the request', () => {
  const { chats } = humanloop;
  // @ts-expect-error -- call createDeployedStream
  void chats.createDeployed({ messages: [], stream: true });
  // @ts-expect-error -- it streams
  void chats.createDeployedStream({ messages: [], stream: true });
  const body: ChatDeployedRequest = { messages: [] };
  void chats.createDeployed(body);
  void chats.createDeployedStream(body);
});

test('requests and options may be left out where nothing is required', () => {
  const { signal } = new AbortController();
  void humanloop.projects.list();
  void humanloop.projects.list({ size: 50 }, { signal, timeout: 5000 });
  void humanloop.sessions.create();
  void humanloop.sessions.create({}, { signal });
});

test('one log gives one answer, a list gives a list', async () => {
  const { logs } = humanloop;
  const log = { project: 'support', output: 'On its way.' };
  expectTypeOf(await logs.log(log)).toEqualTypeOf<CreateLogResponse>();
  expectTypeOf(await logs.log([log, log])).toEqualTypeOf<CreateLogResponse[]>();
  const either = [log] as typeof log | (typeof log)[];
  expectTypeOf(await logs.log(either)).toEqualTypeOf<CreateLogResponse | CreateLogResponse[]>();
});

test('a list gives a page when awaited, and records when iterated', async () => {
  const list = humanloop.logs.list({ project_id: 'pr_1' });
  expectTypeOf((await list).records).toEqualTypeOf<LogResponse[]>();
  for await (const log of list) expectTypeOf(log).toEqualTypeOf<LogResponse>();
  for await (const session of await humanloop.sessions.list({ project_id: 'pr_1' })) {
    expectTypeOf(session).toEqualTypeOf<SessionResponse>();
  }
});

test('an answer without a body is nothing', () => {
  expectTypeOf(humanloop.logs.delete({ id: ['data_1'] })).resolves.toBeVoid();
});
