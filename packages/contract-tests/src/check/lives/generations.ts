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
  for (const numSamples of [1, 2]) {
    const title = `${numSamples} sample${numSamples > 1 ? 's' : ''}`;
    await prober.attempt(operation.id, `generates ${title} in JSON`, async () => {
      const valid = validRequest(operation, { ...body, num_samples: numSamples, stream: false });
      // The body chooses, whatever else the client could read.
      const request = { ...valid, headers: { ...valid.headers, accept } };
      const { value } = await prober.call(operation, request, successStatuses(operation));
      checkEnvelope(value as Row, numSamples, world);
      const samples = rows(isRecord(value) ? value['data'] : []);
      checkSamples(samples, numSamples, configIds);
      if (draws || world.experiment_id === undefined) kept.push(...samples);
    });
    const streamed = await prober.attempt(operation.id, `streams ${title}`, async () => {
      const request = validRequest(operation, { ...body, num_samples: numSamples, stream: true });
      return await stream(steps, operation, request, { ...bounds, numSamples, configIds, world });
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
  await prober.attempt(operation.id, 'goes on serving after a stream was left', async () => {
    const controller = new AbortController();
    const request = validRequest(operation, { ...body, stream: true });
    const response = await prober.openWithKey(operation, withAccept(request, accept), controller.signal);
    await response.body?.getReader().read();
    controller.abort();
    await prober.call(operation, validRequest(operation, { ...body, stream: false }), successStatuses(operation));
  });
  return kept;
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
  world: World;
}

/** @returns what each sample's log should hold: its output, by its id. */
async function stream(
  { prober }: Steps,
  operation: Operation,
  request: RequestParts,
  { numSamples, configIds, world, ...bounds }: StreamExpectations,
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
    checkEnvelope: (envelope) => envelopeProblems(envelope, numSamples, world),
  });
  prober.received(response, text);
  if (problems.length > 0) throw new Breach(...problems.slice(0, 10));
  return outputs;
}

function checkEnvelope(envelope: Row, numSamples: number, world: World): void {
  const problems = envelopeProblems(envelope, numSamples, world);
  if (problems.length > 0) throw new Breach(...problems);
}

/** What was asked for is either said again or left open. */
function envelopeProblems(envelope: Row, numSamples: number, world: World): string[] {
  return Object.entries({ num_samples: numSamples, project_id: world.project_id })
    .filter(([name, value]) => ![undefined, null, value].includes(envelope[name] as string))
    .map(([name, value]) => `${name} is ${JSON.stringify(envelope[name])}, not ${JSON.stringify(value)}`);
}

function checkSamples(samples: Row[], numSamples: number, configIds: string[] | undefined): void {
  if (samples.length !== numSamples) throw new Breach(`${samples.length} samples, not ${numSamples}`);
  if (new Set(samples.map(({ id }) => id)).size !== numSamples) throw new Breach('two samples have one id');
  const indices = samples.map(({ index }) => Number(index)).toSorted((a, b) => a - b);
  if (indices.some((index, position) => index !== position)) throw new Breach(`the indices are ${indices.join(', ')}`);
  for (const { model_config_id: id } of samples) {
    if (configIds && !configIds.includes(String(id)))
      throw new Breach(`generated with the model config ${String(id)}, not ${configIds.join(' or ')}`);
  }
}
