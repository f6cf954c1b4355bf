import { randomUUID } from 'node:crypto';
import { isRecord } from '../../document/document.ts';
import { streamOf, type Content, type Operation } from '../../document/operations.ts';
import { validRequest, type RequestParts } from '../../suite/request.ts';
import { judgeLiveStream } from '../live-stream.ts';
import type { World } from '../life-cycle.ts';
import { Breach, mediaTypeOf } from '../prober.ts';
import { successStatuses } from '../rules.ts';
import { expectSame, rows, type Row, type Steps } from '../steps.ts';

export interface StreamBounds {
  maxEvents: number;
  maxMs: number;
}

/**
 * Generates with one operation, in JSON and as a stream, and looks for the samples among the logs.
 *
 * @returns the samples of JSON answers that count for the world's experiment, or all where there is none.
 */
export async function generate(steps: Steps, operation: Operation, world: World, bounds: StreamBounds): Promise<Row[]> {
  const { prober } = steps;
  const body = bodyOf(operation, world);
  const draws = 'experiment_id' in body;
  const configIds = expectedConfigs(body, world);
  const kept: Row[] = [];
  const reference = `contract-test-${randomUUID()}`;
  const session = await prober.attempt(operation.id, 'leaves the inputs out, and makes a session', async () => {
    const asked = { ...body, num_samples: 1, stream: false, return_inputs: false, session_reference_id: reference };
    const { value } = await prober.call(operation, validRequest(operation, asked), successStatuses(operation));
    const envelope = value as Row;
    const [own] = rows(envelope['data']);
    if (isRecord(own?.['inputs']) && Object.keys(own['inputs']).length > 0)
      throw new Breach('return_inputs: false gives inputs');
    if (typeof envelope['session_id'] !== 'string') throw new Breach('session_reference_id gives no session_id');
    const id = envelope['session_id'];
    if (prober.has('Sessions_get') && !prober.missing.has('Sessions_get'))
      expectSame(await steps.call('Sessions_get', { id }), { id }, 'the session');
    return id;
  });
  const inSession = session === undefined ? body : { ...body, session_id: session };
  for (const numSamples of [1, 2]) {
    const title = `${numSamples} sample${numSamples > 1 ? 's' : ''}`;
    await prober.attempt(operation.id, `generates ${title} in JSON`, async () => {
      const valid = validRequest(operation, { ...inSession, num_samples: numSamples, stream: false });
      // The body chooses, whatever else the client could read.
      const request = { ...valid, headers: { ...valid.headers, accept } };
      const { value } = await prober.call(operation, request, successStatuses(operation));
      checkEnvelope(value as Row, { ...inSession, num_samples: numSamples });
      const samples = rows(isRecord(value) ? value['data'] : []);
      checkSamples(samples, numSamples, configIds);
      expectNew(
        steps,
        samples.map(({ id: one }) => String(one)),
      );
      if (draws || world.experiment_id === undefined) kept.push(...samples);
    });
    const streamed = await prober.attempt(operation.id, `streams ${title}`, async () => {
      const request = validRequest(operation, { ...inSession, num_samples: numSamples, stream: true });
      const outputs = await stream(steps, operation, request, { ...bounds, numSamples, configIds });
      expectNew(steps, [...outputs.keys()]);
      return outputs;
    });
    if (!streamed) continue;
    await prober.attempt(operation.id, `stores as logs what it streams, ${title}`, async () => {
      for (const [id, output] of streamed) {
        const log = await steps.call('Logs_get', { id });
        // The output of a log has lost the blanks around it.
        const stored = typeof log['output'] === 'string' ? log['output'].trim() : log['output'];
        expectSame({ ...log, output: stored }, { id, output: output.trim() }, `the log ${id}`);
      }
    });
  }
  const [sample] = kept;
  if (sample) {
    const id = String(sample['id']);
    steps.remember('logs', id);
    await prober.attempt('Logs_get', 'reads what was generated', async () => {
      expectSame(await steps.call('Logs_get', { id }), { id, output: sample['output'] });
    });
  }
  await prober.attempt(operation.id, 'streams twice at the same time', async () => {
    const request = validRequest(operation, { ...body, num_samples: 1, stream: true });
    const both = await Promise.all(
      [0, 1].map(() => stream(steps, operation, request, { ...bounds, numSamples: 1, configIds })),
    );
    expectNew(
      steps,
      both.flatMap((outputs) => [...outputs.keys()]),
    );
  });
  await refuseToGenerate(steps, operation, body);
  await prober.attempt(operation.id, 'goes on serving after a stream was left', async () => {
    const controller = new AbortController();
    const request = validRequest(operation, { ...body, stream: true });
    const response = await prober.openWithKey(operation, withAccept(request, accept), controller.signal);
    await response.body?.getReader().read();
    controller.abort();
    const again = validRequest(operation, { ...body, stream: false, session_reference_id: reference });
    const { value } = await prober.call(operation, again, successStatuses(operation));
    if (session !== undefined) expectSame(value as Row, { session_id: session }, 'the second of one session');
  });
  return kept;
}

/** A request for a stream is refused like any other: with an error, before the stream begins. */
async function refuseToGenerate({ prober }: Steps, operation: Operation, body: Row): Promise<void> {
  await prober.attempt(operation.id, 'refuses a stream without a key', async () => {
    const request = validRequest(operation, { ...body, stream: true });
    const { 'content-type': type = 'application/json' } = request.headers;
    const parts = { headers: { 'content-type': type, accept }, body: request.body };
    prober.judge(operation, await prober.send(operation.method, operation.path, parts), [401]);
  });
  await prober.attempt(operation.id, 'refuses a stream for a body that is wrong', async () => {
    const request = validRequest(operation, { ...body, num_samples: 'two', stream: true });
    await prober.call(operation, withAccept(request, accept), [422]);
  });
  const named = Object.keys(body).filter((name) => ['experiment_id', 'model_config_id', 'project_id'].includes(name));
  for (const [name, isStream] of named.flatMap((one) => [false, true].map((two) => [one, two] as const))) {
    const what = isStream ? 'a stream' : 'an answer';
    await prober.attempt(operation.id, `refuses ${what} with a ${name} that does not exist`, async () => {
      const wrong = { ...body, [name]: 'contract_test_nothing', stream: isStream };
      await prober.call(operation, withAccept(validRequest(operation, wrong), accept), [400, 404, 422]);
    });
  }
}

function expectNew({ samples }: Steps, generated: string[]): void {
  for (const id of generated) {
    if (samples.has(id)) throw new Breach(`the id ${id} was that of another sample`);
    samples.add(id);
  }
}

const accept = 'text/event-stream, application/json';

function withAccept(request: RequestParts, value: string): RequestParts {
  return { ...request, headers: { ...request.headers, accept: value } };
}

/** The request of the document's example, with our ids in place of the example's. */
function bodyOf(operation: Operation, world: World): Row {
  const example = { ...(operation.body?.content[0]?.examples[0]?.value as Row) };
  for (const name of [
    'project',
    'session_id',
    'session_reference_id',
    'parent_id',
    'parent_reference_id',
    'source_datapoint_id',
    'environment',
    'save',
  ]) {
    delete example[name];
  }
  const ours = Object.entries(world).filter(([name, value]) => name in example && value !== undefined);
  return { ...example, ...Object.fromEntries(ours), project_id: world.project_id };
}

/** The configs that may generate; undefined when the request brings one of its own, or uses what is deployed. */
function expectedConfigs(body: Row, world: World): string[] | undefined {
  if ('experiment_id' in body) return world.configIds;
  return 'model_config_id' in body ? [world.model_config_id] : undefined;
}

interface StreamExpectations extends StreamBounds {
  numSamples: number;
  configIds: string[] | undefined;
}

/** @returns what each sample's log should hold: its output, by its id. */
async function stream(
  { prober }: Steps,
  operation: Operation,
  request: RequestParts,
  { numSamples, configIds, ...bounds }: StreamExpectations,
): Promise<Map<string, string>> {
  const signal = AbortSignal.timeout(bounds.maxMs + 1_000);
  const startedAt = performance.now();
  // One of the two as a client asks that looks at the body alone.
  const response = await prober.openWithKey(operation, withAccept(request, numSamples > 1 ? '*/*' : accept), signal);
  const mediaType = mediaTypeOf(response);
  if (response.status !== 200) {
    const text = (await response.text()).slice(0, 200);
    throw new Breach(`answered ${response.status} to "stream": true, not 200: ${text}`);
  }
  const { itemSchema, mediaType: wanted } = streamOf(operation) as Content;
  if (mediaType !== wanted) {
    await response.body?.cancel();
    throw new Breach(`answered ${mediaType || 'no media type'} to "stream": true, not ${wanted}`);
  }
  const { problems, outputs, text } = await judgeLiveStream(response, {
    startedAt,
    numSamples,
    configIds,
    usualMs: prober.usualMs,
    ...bounds,
    check: (event) => (itemSchema ? prober.schemas.check(itemSchema, event) : []),
    checkEnvelope: (envelope) => envelopeProblems(envelope, JSON.parse(request.body ?? '{}') as Row),
  });
  prober.received(response, text);
  if (problems.length > 0) throw new Breach(...problems.slice(0, 10));
  return outputs;
}

function checkEnvelope(envelope: Row, asked: Row): void {
  const problems = envelopeProblems(envelope, asked);
  if (problems.length > 0) throw new Breach(...problems);
}

/** What was asked for is either said again or left open. */
function envelopeProblems(envelope: Row, asked: Row): string[] {
  return Object.entries(asked)
    .filter(
      ([name, value]) => typeof value !== 'object' && ![undefined, null, value].includes(envelope[name] as string),
    )
    .map(([name, value]) => `${name} is ${JSON.stringify(envelope[name])}, not ${JSON.stringify(value)}`);
}

function checkSamples(samples: Row[], numSamples: number, configIds: string[] | undefined): void {
  if (samples.length !== numSamples) throw new Breach(`${samples.length} samples, not ${numSamples}`);
  if (new Set(samples.map(({ id }) => id)).size !== numSamples) throw new Breach('two samples have one id');
  const indices = samples.map(({ index }) => Number(index)).toSorted((a, b) => a - b);
  if (indices.some((index, position) => index !== position)) throw new Breach(`the indices are ${indices.join(', ')}`);
  for (const { model_config_id: id, finish_reason: reason = null } of samples) {
    if (reason === null) throw new Breach('a sample has no finish reason, which only events of a stream may lack');
    if (configIds && !configIds.includes(String(id)))
      throw new Breach(`generated with the model config ${String(id)}, not ${configIds.join(' or ')}`);
  }
}
