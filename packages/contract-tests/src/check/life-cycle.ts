import { randomUUID } from 'node:crypto';
import { isRecord } from '../document/document.ts';
import { streamOf, type Content, type Operation } from '../document/operations.ts';
import { toTarget, validRequest, type RequestParts } from '../suite/request.ts';
import { judgeLiveStream } from './live-stream.ts';
import { Breach, type Prober } from './prober.ts';
import { remember, type KnownIds } from './reads.ts';
import { successStatuses } from './rules.ts';

export interface StreamBounds {
  maxEvents: number;
  maxMs: number;
}

/** What one resource needs: its ids by the names that requests give them. */
interface World {
  project_id: string;
  model_config_id: string;
  configIds: string[];
  /** None where the document has no experiments. */
  experiment_id: string | undefined;
}

type Row = Record<string, unknown>;

/**
 * The write mode: makes a project with two model configs and an experiment for chats, and another for completions;
 * generates with each of the operations, in JSON and as a stream; gives feedback and looks for it in the experiment; and
 * takes everything away again.
 *
 * @returns a function that removes what was made, and checks that it is gone.
 */
export async function runLifeCycle(prober: Prober, ids: KnownIds, bounds: StreamBounds): Promise<() => Promise<void>> {
  const steps = new LifeCycle(prober, ids, bounds);
  const removals: (() => Promise<void>)[] = [];
  for (const endpoint of ['chat', 'complete'] as const) {
    const prefix = endpoint === 'chat' ? 'Chats_' : 'Completions_';
    const generating = prober.operations.filter(
      (operation) => operation.id.startsWith(prefix) && streamOf(operation) && prober.wants(operation.id),
    );
    // The first of the two is also what all other operations are tried with.
    if (endpoint === 'complete' && generating.length === 0) continue;
    const world = await steps.makeWorld(endpoint);
    if (!world) continue;
    for (const operation of generating) await steps.generate(operation, world);
    await steps.feedBack(world);
    removals.push(() => steps.removeWorld(world));
  }
  await steps.keepAndRemove();
  return async () => {
    for (const remove of removals) await remove();
  };
}

class LifeCycle {
  readonly #prober: Prober;
  readonly #ids: KnownIds;
  readonly #bounds: StreamBounds;
  /** Samples that were generated, by project: of model configs that its experiment drew, if it has one. */
  readonly #samples = new Map<string, Row[]>();

  constructor(prober: Prober, ids: KnownIds, bounds: StreamBounds) {
    this.#prober = prober;
    this.#ids = ids;
    this.#bounds = bounds;
  }

  async makeWorld(endpoint: 'chat' | 'complete'): Promise<World | undefined> {
    const name = `contract-test-${randomUUID().slice(0, 8)}`;
    const project = await this.#prober.attempt('Projects_create', 'makes what it is asked for', async () => {
      const made = await this.#call('Projects_create', {}, { name });
      expectSame(made, { name });
      return made;
    });
    if (!project) return undefined;
    const projectId = String(project['id']);
    remember(this.#ids, 'projects', projectId);
    await this.#prober.attempt('Projects_get', 'reads what was just made', async () => {
      const read = await this.#call('Projects_get', { id: projectId });
      expectSame(read, { id: projectId, name });
    });
    await this.#prober.attempt('Projects_update', 'keeps a change', async () => {
      await this.#call('Projects_update', { id: projectId }, { name: `${name}-b` });
      expectSame(await this.#call('Projects_get', { id: projectId }), { name: `${name}-b` });
    });

    const template =
      endpoint === 'chat'
        ? { chat_template: [{ role: 'system', content: 'Be brief.' }] }
        : { prompt_template: 'Be brief: {{topic}}' };
    const configIds: string[] = [];
    for (const temperature of [0, 1]) {
      const config = { project_id: projectId, model: 'gpt-4', endpoint, temperature, ...template };
      const made = await this.#step(
        'ModelConfigs_register',
        `registers a model config of temperature ${temperature}`,
        {},
        config,
      );
      if (!isRecord(made?.['config'])) continue;
      configIds.push(String(made['config']['id']));
      remember(this.#ids, 'model-configs', String(made['config']['id']));
    }
    const [first] = configIds;
    if (first === undefined) return undefined;
    await this.#prober.attempt('ModelConfigs_get', 'reads what was just registered', async () => {
      expectSame(await this.#call('ModelConfigs_get', { id: first }), { id: first, model: 'gpt-4' });
    });

    const world = { project_id: projectId, model_config_id: first, configIds };
    if (!this.#prober.has('Experiments_create')) return { ...world, experiment_id: undefined };
    return await this.#makeExperiment(name, world);
  }

  async #makeExperiment(
    name: string,
    { project_id, model_config_id, configIds }: Omit<World, 'experiment_id'>,
  ): Promise<World | undefined> {
    const body = { name, positive_labels: [{ type: 'rating', value: 'good' }], config_ids: configIds };
    const experiment = await this.#step('Experiments_create', 'makes an experiment', { project_id }, body);
    if (!experiment) return undefined;
    const experimentId = String(experiment['id']);
    const world: World = { project_id, model_config_id, configIds, experiment_id: experimentId };
    remember(this.#ids, 'experiments', experimentId);
    await this.#prober.attempt('Experiments_list', 'lists what was just made', async () => {
      const listed = await this.#findExperiment(world);
      expectSame(listed, { name, project_id });
      const listedIds = rows(listed?.['configs']).map(({ id }) => String(id));
      if (listedIds.toSorted().join() !== configIds.toSorted().join()) {
        throw new Breach(`the experiment has the configs ${listedIds.join(', ')}, not ${configIds.join(', ')}`);
      }
    });
    await this.#prober.attempt('Experiments_sample', 'draws one of the configs', async () => {
      const drawn = await this.#call('Experiments_sample', { experiment_id: experimentId });
      const config = isRecord(drawn['config']) ? String(drawn['config']['id']) : undefined;
      if (config === undefined || !configIds.includes(config))
        throw new Breach(`drew ${config}, which the experiment does not have`);
    });
    return world;
  }

  /** The request of the document's example, with our ids in place of the example's. */
  #bodyOf(operation: Operation, world: World): Row {
    const example = { ...(operation.body?.content[0]?.examples[0]?.value as Row) };
    for (const name of [
      'project',
      'session_id',
      'session_reference_id',
      'parent_id',
      'parent_reference_id',
      'source_datapoint_id',
      'environment',
    ]) {
      delete example[name];
    }
    const ours = Object.entries(world).filter(([name, value]) => name in example && value !== undefined);
    return { ...example, ...Object.fromEntries(ours), project_id: world.project_id };
  }

  async generate(operation: Operation, world: World): Promise<void> {
    const body = this.#bodyOf(operation, world);
    const draws = 'experiment_id' in body;
    const keep = (samples: Row[]): void => {
      if (!draws && world.experiment_id !== undefined) return;
      this.#samples.set(world.project_id, [...(this.#samples.get(world.project_id) ?? []), ...samples]);
    };
    for (const numSamples of [1, 2]) {
      const title = `${numSamples} sample${numSamples > 1 ? 's' : ''}`;
      await this.#prober.attempt(operation.id, `generates ${title} in JSON`, async () => {
        const request = validRequest(operation, { ...body, num_samples: numSamples, stream: false });
        const { value } = await this.#prober.call(operation, request, successStatuses(operation));
        const samples = rows(isRecord(value) ? value['data'] : []);
        checkSamples(samples, numSamples, draws ? world.configIds : undefined);
        keep(samples);
      });
      await this.#prober.attempt(operation.id, `streams ${title}`, async () => {
        const request = validRequest(operation, { ...body, num_samples: numSamples, stream: true });
        await this.#stream(operation, request, numSamples);
      });
    }
    await this.#prober.attempt(operation.id, 'goes on serving after a stream was left', async () => {
      const request = validRequest(operation, { ...body, stream: true });
      const { headers } = this.#prober.withKey(request);
      const controller = new AbortController();
      const response = await this.#prober.open(
        operation.method,
        toTarget(operation, request),
        { ...request, headers: { ...headers, accept } },
        controller.signal,
      );
      await response.body?.getReader().read();
      controller.abort();
      await this.#prober.call(
        operation,
        validRequest(operation, { ...body, stream: false }),
        successStatuses(operation),
      );
    });
  }

  async #stream(operation: Operation, request: RequestParts, numSamples: number): Promise<void> {
    const { headers } = this.#prober.withKey(request);
    const signal = AbortSignal.timeout(this.#bounds.maxMs + 1_000);
    const startedAt = performance.now();
    const response = await this.#prober.open(
      operation.method,
      toTarget(operation, request),
      { ...request, headers: { ...headers, accept } },
      signal,
    );
    const mediaType = (response.headers.get('content-type') ?? '').replace(/;.*/s, '');
    this.#prober.coverage.note(operation.id, response.status, mediaType);
    if (response.status !== 200)
      throw new Breach(`answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
    const { itemSchema, mediaType: wanted } = streamOf(operation) as Content;
    if (mediaType !== wanted) {
      await response.body?.cancel();
      throw new Breach(`answered ${mediaType || 'no media type'} to "stream": true, not ${wanted}`);
    }
    const problems = await judgeLiveStream(response, {
      startedAt,
      numSamples,
      ...this.#bounds,
      check: (event) => (itemSchema ? this.#prober.schemas.check(itemSchema, event) : []),
    });
    if (problems.length > 0) throw new Breach(...problems.slice(0, 10));
  }

  async feedBack(world: World): Promise<void> {
    const sample = this.#samples.get(world.project_id)?.[0];
    if (!sample) return;
    await this.#prober.attempt('Logs_get', 'reads what was generated', async () => {
      const log = await this.#call('Logs_get', { id: String(sample['id']) });
      expectSame(log, { id: sample['id'], output: sample['output'] });
    });
    remember(this.#ids, 'logs', String(sample['id']));
    if (world.experiment_id === undefined) return;
    await this.#prober.attempt('Feedback_feedback', 'counts in the experiment', async () => {
      const trials = (experiment: Row | undefined): Row | undefined =>
        rows(experiment?.['configs']).find(({ id }) => id === sample['model_config_id']);
      const before = Number(trials(await this.#findExperiment(world))?.['trials_count']);
      await this.#call('Feedback_feedback', {}, { type: 'rating', value: 'good', data_id: sample['id'] });
      const after = trials(await this.#findExperiment(world));
      if (after?.['trials_count'] !== before + 1) {
        throw new Breach(`trials_count is ${String(after?.['trials_count'])}, and was ${before}`);
      }
      if (typeof after?.['mean'] !== 'number') throw new Breach(`mean is ${String(after?.['mean'])} after feedback`);
    });
  }

  /** Things that live by themselves: made, read, changed, removed, gone. */
  async keepAndRemove(): Promise<void> {
    const session = await this.#step('Sessions_create', 'makes a session', {});
    if (typeof session?.['id'] === 'string') {
      const { id } = session;
      await this.#prober.attempt('Sessions_get', 'reads what was just made', async () => {
        expectSame(await this.#call('Sessions_get', { id }), { id });
      });
    }
    if (this.#prober.has('Evaluators_create')) {
      const evaluator = this.#prober.operation('Evaluators_create').body?.content[0]?.examples[0]?.value as Row;
      await this.#makeAndRemove('Evaluators', {}, { ...evaluator, name: `contract-test-${randomUUID().slice(0, 8)}` });
    }
    const [projectId] = this.#ids.get('projects') ?? [];
    if (projectId === undefined || !this.#prober.has('Datasets_create')) return;
    await this.#makeAndRemove(
      'Datasets',
      { project_id: projectId },
      { name: 'contract-test', description: 'made by a test' },
    );
  }

  async #makeAndRemove(resource: string, path: Record<string, string>, body: Row): Promise<void> {
    const made = await this.#step(`${resource}_create`, 'makes what it is asked for', path, body);
    if (typeof made?.['id'] !== 'string') return;
    const { id } = made;
    const name = body['name'];
    await this.#prober.attempt(`${resource}_get`, 'reads what was just made', async () => {
      expectSame(await this.#call(`${resource}_get`, { id }), { id, name });
    });
    await this.#prober.attempt(`${resource}_list`, 'lists what was just made', async () => {
      const listed = await this.#value(`${resource}_list`, {});
      if (!rows(listed).some((row) => row['id'] === id)) throw new Breach(`${id} is not listed`);
    });
    await this.#prober.attempt(`${resource}_update`, 'keeps a change', async () => {
      await this.#call(`${resource}_update`, { id }, { name: `${String(name)}-b` });
      expectSame(await this.#call(`${resource}_get`, { id }), { name: `${String(name)}-b` });
    });
    await this.#remove(`${resource}_delete`, `${resource}_get`, { id });
  }

  async removeWorld(world: World): Promise<void> {
    const { experiment_id: experimentId } = world;
    if (experimentId !== undefined) {
      await this.#prober.attempt('Experiments_delete', 'takes it off the list', async () => {
        await this.#value('Experiments_delete', { experiment_id: experimentId });
        if (await this.#findExperiment(world)) throw new Breach('the experiment is still listed');
      });
    }
    await this.#remove('Projects_delete', 'Projects_get', { id: world.project_id });
  }

  async #remove(remove: string, get: string, path: Record<string, string>): Promise<void> {
    await this.#prober.attempt(remove, 'removes it for good', async () => {
      await this.#value(remove, path);
      const operation = this.#prober.operation(get);
      await this.#prober.call(operation, { ...validRequest(operation), path }, [404]);
    });
  }

  async #findExperiment(world: World): Promise<Row | undefined> {
    const list = await this.#value('Experiments_list', { project_id: world.project_id });
    return rows(list).find(({ id }) => id === world.experiment_id);
  }

  #step(id: string, title: string, path: Record<string, string>, body?: Row): Promise<Row | undefined> {
    return this.#prober.attempt(id, title, () => this.#call(id, path, body));
  }

  async #call(id: string, path: Record<string, string>, body?: Row): Promise<Row> {
    const value = await this.#value(id, path, body);
    if (!isRecord(value)) throw new Breach('the answer is no object');
    return value;
  }

  async #value(id: string, path: Record<string, string>, body?: Row): Promise<unknown> {
    const operation = this.#prober.operation(id);
    const request = { ...validRequest(operation, body), path };
    return (await this.#prober.call(operation, request, successStatuses(operation))).value;
  }
}

const accept = 'text/event-stream, application/json';

function checkSamples(samples: Row[], numSamples: number, configIds: string[] | undefined): void {
  if (samples.length !== numSamples) throw new Breach(`${samples.length} samples, not ${numSamples}`);
  if (new Set(samples.map(({ id }) => id)).size !== numSamples) throw new Breach('two samples have one id');
  const indices = samples.map(({ index }) => Number(index)).toSorted((a, b) => a - b);
  if (indices.some((index, position) => index !== position)) throw new Breach(`the indices are ${indices.join(', ')}`);
  for (const { model_config_id: id } of samples) {
    if (configIds && !configIds.includes(String(id)))
      throw new Breach(`drew ${String(id)}, which the experiment does not have`);
  }
}

function expectSame(row: Row | undefined, wanted: Row): void {
  if (!row) throw new Breach('it is not there');
  for (const [name, value] of Object.entries(wanted)) same(row[name], value, name);
}

function same(value: unknown, wanted: unknown, name: string): void {
  if (value !== wanted) throw new Breach(`${name} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`);
}

function rows(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
