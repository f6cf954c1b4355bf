/** What has to hold in every runtime. Nothing here but the language, `fetch` and the client: it runs in pages, too. */
import {
  AbortError,
  AuthenticationError,
  EventStream,
  Humanloop,
  HumanloopError,
  type HumanloopOptions,
  StreamError,
  TimeoutError,
  UnprocessableEntityError,
} from '@humanloop-v4/client';

export interface Target {
  /** Of the mock. */
  baseUrl: string;
  /** `${witness}/req_…` answers, when the mock's exchange with that request id is over, how it ended. */
  witness: string;
  /** Whether it runs in a page, where a key must be refused. */
  isPage: boolean;
  /** The whole text of the document's stream `many-scripts`. */
  manyScripts: string;
}

export interface Result {
  name: string;
  /** Why it failed; `null` when it passed. */
  problem: string | null;
}

const LONGEST_MS = 3000;

const messages = [{ role: 'user' as const, content: 'What does a kettle do?' }];
const chat = { project: 'support-assistant', experiment_id: 'exp_8sKqT2vWmYb4cHn6LfRzD', messages };

const cases: Record<string, (target: Target) => Promise<void>> = {
  'a JSON call gives its answer and its request id': async (target) => {
    const { data, requestId } = await connect(target).projects.list().withResponse();
    same(typeof data.records[0]?.name, 'string');
    same(requestId?.slice(0, 4), 'req_');
  },

  'text() gives the text in pieces': async (target) => {
    const stream = await connect(target).chats.createExperimentStream(chat);
    const pieces = await Array.fromAsync(stream.text(), ({ text }) => text);
    same(pieces.length > 1, true);
    same(pieces.join(''), (await stream.final()).data[0]?.output);
  },

  'final() gives both of two samples': async (target) => {
    const stream = await connect(target).chats.createExperimentStream({ ...chat, num_samples: 2 });
    const texts = Promise.all(stream.samples.map(async (sample) => sample.finalText()));
    const { data } = await stream.final();
    same(
      data.map(({ index }) => index),
      [0, 1],
    );
    same(
      data.map(({ finish_reason }) => typeof finish_reason),
      ['string', 'string'],
    );
    same(
      data.map(({ output }) => output),
      await texts,
    );
  },

  'text in many scripts is whole when each byte comes alone': async (target) => {
    const streams = connect(target, {
      headers: { 'X-Contract-Plan': 'chunks=bytes,lines=crlf,bom=yes,comments=yes', Prefer: 'example=many-scripts' },
    });
    const stream = await streams.chats.createStream({
      project: 'support-assistant',
      model_config: { model: 'gpt-4o' },
      messages,
    });
    const pieces = await Array.fromAsync(stream.text(), ({ text }) => text);
    same(pieces.join(''), target.manyScripts);
  },

  'a stream can be passed on as bytes and read again': async (target) => {
    const stream = await connect(target).chats.createExperimentStream(chat);
    const passedOn = new Response(stream.toReadableStream()).body;
    if (!passedOn) throw new Error('the response has no body');
    const { data } = await EventStream.fromReadableStream<{ data: { output: string }[] }>(passedOn).final();
    same(data[0]?.output, stream.current.data[0]?.output);
  },

  // The mock falls silent after the first event: that it is seen at all proves that nothing waits for more.
  'leaving a loop closes the connection': async (target) => {
    const stream = await connect(target, plan('cut=hang')).chats.createExperimentStream(chat);
    for await (const event of stream) {
      same(event.data.length, 1);
      break;
    }
    same(await witnessed(target, stream.requestId), 'client left');
  },

  'a signal ends a stream and closes the connection': async (target) => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await connect(target, plan('cut=hang')).chats.createExperimentStream(chat, { signal });
    const error = await failureOf(async () => {
      for await (const _ of stream) controller.abort();
    });
    same([error instanceof AbortError, error.code], [true, 'aborted']);
    same(await witnessed(target, stream.requestId), 'client left');
  },

  'silence ends in a TimeoutError and closes the connection': async (target) => {
    const silent = connect(target, { ...plan('cut=hang'), timeout: { idleMs: 100 } });
    const stream = await silent.chats.createExperimentStream(chat);
    const error = await failureOf(() => stream.final());
    same([error instanceof TimeoutError, error.code], [true, 'idle-timeout']);
    same(await witnessed(target, stream.requestId), 'client left');
  },

  'a stream that ends too early is truncated': async (target) => {
    const stream = await connect(target, plan('cut=end,at=2')).chats.createExperimentStream(chat);
    const error = await failureOf(() => stream.final());
    same([error instanceof StreamError, error.code], [true, 'truncated']);
    same((error as StreamError).eventsRead, 2);
  },

  'a lost connection is told from an end': async (target) => {
    const lost = connect(target, plan('cut=reset,where=inside,at=2'));
    const stream = await lost.chats.createExperimentStream(chat);
    const error = await failureOf(() => stream.final());
    same([error instanceof StreamError, error.code], [true, 'disconnected']);
    same((error as StreamError).eventsRead, 2);
  },

  'a web page in place of a stream is named': async (target) => {
    const error = await failureOf(() => connect(target, plan('answer=html')).chats.createExperimentStream(chat));
    same([error instanceof StreamError, error.code], [true, 'not-a-stream']);
  },

  '401 is an AuthenticationError': async (target) => {
    const error = await failureOf(() => connect(target, { headers: { Prefer: 'code=401' } }).projects.list());
    same([error instanceof AuthenticationError, error.status], [true, 401]);
  },

  '422 is an UnprocessableEntityError that names the fault': async (target) => {
    const wrong = { ...chat, messages: [{ role: 'nobody' as 'user', content: '' }] };
    const error = await failureOf(() => connect(target).chats.createExperimentStream(wrong));
    same([error instanceof UnprocessableEntityError, error.status], [true, 422]);
    same((error as UnprocessableEntityError).issues[0]?.loc.includes('messages'), true);
  },

  'a key is refused in a page, and nowhere else': async ({ baseUrl, isPage }) => {
    const make = async (): Promise<unknown> => new Humanloop({ baseUrl, apiKey: 'any' });
    if (!isPage) await make();
    else same((await failureOf(make)).code, 'configuration');
  },
};

/** Runs all cases, one after the other. */
export async function runCases(target: Target): Promise<Result[]> {
  const results: Result[] = [];
  for (const [name, run] of Object.entries(cases)) {
    const problem = await Promise.race([run(target).then(() => null, String), tooLate()]);
    results.push({ name, problem });
  }
  return results;
}

async function tooLate(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, LONGEST_MS));
  return `takes more than ${LONGEST_MS} ms`;
}

function connect({ baseUrl, isPage }: Target, options: HumanloopOptions = {}): Humanloop {
  return new Humanloop({ baseUrl, apiKey: 'any', dangerouslyAllowBrowser: isPage, ...options });
}

/** How the mock writes its answers: see the README of `@humanloop-v4/contract-tests`. */
function plan(words: string): HumanloopOptions {
  return { headers: { 'X-Contract-Plan': words } };
}

async function witnessed({ witness }: Target, requestId: string | undefined): Promise<string> {
  return (await fetch(`${witness}/${requestId}`)).text();
}

async function failureOf(action: () => PromiseLike<unknown>): Promise<HumanloopError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof HumanloopError) return error;
    throw new Error(`not an error of the client: ${String(error)}`, { cause: error });
  }
  throw new Error('nothing fails');
}

function same(got: unknown, want: unknown): void {
  const [gotText, wantText] = [JSON.stringify(got), JSON.stringify(want)];
  if (gotText !== wantText) throw new Error(`got ${gotText}, want ${wantText}`);
}
