import { randomUUID } from 'node:crypto';
import { isRecord } from '../document/document.ts';
import { streamOf } from '../document/operations.ts';
import { tryDeployments } from './lives/deployments.ts';
import { makeExperiment, removeExperiment, tryExperiment } from './lives/experiments.ts';
import { generate, type StreamBounds } from './lives/generations.ts';
import { keepThings } from './lives/keeping.ts';
import { tryLogs } from './lives/logs.ts';
import { Breach, type Prober } from './prober.ts';
import type { KnownIds } from './reads.ts';
import { echoOf, expectSame, ids as idsOf, Steps, type Row } from './steps.ts';

export interface Project {
  id: string;
  name: string;
}

/** What generating needs: its ids by the names that requests give them. */
export interface World {
  project_id: string;
  model_config_id: string;
  configIds: string[];
  /** None where the document has no experiments. */
  experiment_id: string | undefined;
}

/**
 * The write mode: makes a project with two model configs and an experiment for chats, and another for completions;
 * generates with each of the operations, in JSON and as a stream; deploys, logs, gives feedback and looks for it in the
 * experiment; and takes everything away again.
 *
 * @returns a function that removes what was made, and checks that it is gone.
 */
export async function runLifeCycle(prober: Prober, ids: KnownIds, bounds: StreamBounds): Promise<() => Promise<void>> {
  const steps = new Steps(prober, ids);
  const removals: (() => Promise<void>)[] = [];
  let kept: string | undefined;
  for (const endpoint of ['chat', 'complete'] as const) {
    const prefix = endpoint === 'chat' ? 'Chats_' : 'Completions_';
    const generating = prober.operations.filter(
      (operation) => operation.id.startsWith(prefix) && streamOf(operation) && prober.wants(operation.id),
    );
    const project = await makeProject(steps);
    if (!project) break;
    kept ??= project.id;
    // What is half made is removed, too.
    removals.push(() => removeProject(steps, project));
    // The first of the two is also what all other operations are tried with.
    if (endpoint === 'complete' && generating.length === 0) continue;
    const configs = await registerConfigs(steps, endpoint, project);
    if (!configs) continue;
    const experimentId = prober.has('Experiments_create') ? await makeExperiment(steps, configs) : undefined;
    const world: World = { ...configs, experiment_id: experimentId };
    const samples: Row[] = [];
    for (const operation of generating) samples.push(...(await generate(steps, operation, world, bounds)));
    await tryDeployments(steps, world);
    await tryExperiment(steps, world, samples);
    if (endpoint === 'chat') await tryLogs(steps, world);
    removals.unshift(() => removeExperiment(steps, world));
  }
  await keepThings(steps, kept);
  return async () => {
    for (const remove of removals) await remove();
  };
}

async function makeProject(steps: Steps): Promise<Project | undefined> {
  const name = `contract-test-${randomUUID().slice(0, 8)}`;
  const made = await steps.prober.attempt('Projects_create', 'makes what it is asked for', async () => {
    const project = await steps.call('Projects_create', {}, { name });
    expectSame(project, { name });
    return project;
  });
  if (!made) return undefined;
  const id = String(made['id']);
  steps.remember('projects', id);
  await steps.prober.attempt('Projects_get', 'reads what was just made', async () => {
    const dates = 'created_at' in made ? { created_at: made['created_at'] } : {};
    expectSame(await steps.call('Projects_get', { id }), { id, name, ...dates });
  });
  await steps.change('Projects_update', 'Projects_get', id, { name: `${name}-b` });
  await steps.prober.attempt('Projects_list', 'lists what was just made, the newest first', async () => {
    if (!(await isListed(steps, id))) throw new Breach(`${id} is not on the first page, though it is the newest`);
  });
  return { id, name: `${name}-b` };
}

/** Without a word on the order, the newest come first. */
async function isListed(steps: Steps, id: string): Promise<boolean> {
  const page = await steps.value('Projects_list', {});
  return isRecord(page) && idsOf(page['records'] as Row[]).includes(id);
}

async function removeProject(steps: Steps, { id }: Project): Promise<void> {
  await steps.remove('Projects_delete', 'Projects_get', { id });
  await steps.prober.attempt('Projects_list', 'does not list what was removed', async () => {
    if (await isListed(steps, id)) throw new Breach(`${id} is still listed`);
  });
}

async function registerConfigs(
  steps: Steps,
  endpoint: 'chat' | 'complete',
  project: Project,
): Promise<Omit<World, 'experiment_id'> | undefined> {
  const template =
    endpoint === 'chat'
      ? { chat_template: [{ role: 'system', content: 'Be brief.' }] }
      : { prompt_template: 'Be brief: {{topic}}' };
  const bodyOf = (temperature: number): Row => ({
    project_id: project.id,
    model: 'gpt-4',
    endpoint,
    temperature,
    ...template,
  });
  const configIds: string[] = [];
  for (const temperature of [0, 1]) {
    const body = bodyOf(temperature);
    const config = await steps.prober.attempt(
      'ModelConfigs_register',
      `registers a model config of temperature ${temperature}`,
      async () => {
        const made = await steps.call('ModelConfigs_register', {}, body);
        expectSame(made, { project_id: project.id });
        const own = made['config'] as Row;
        expectSame(own, echoOf(body, own), 'config');
        if (configIds.includes(String(own['id']))) throw new Breach(`another config has the id ${String(own['id'])}`);
        return own;
      },
    );
    if (!config) continue;
    const id = String(config['id']);
    configIds.push(id);
    steps.remember('model-configs', id);
    await steps.prober.attempt('ModelConfigs_get', 'reads what was just registered', async () => {
      expectSame(await steps.call('ModelConfigs_get', { id }), { id, ...echoOf(body, config) });
    });
  }
  const [first] = configIds;
  if (first === undefined) return undefined;
  await steps.prober.attempt('ModelConfigs_register', 'gives the config that is there for the same again', async () => {
    const again = await steps.call('ModelConfigs_register', {}, bodyOf(0));
    expectSame(again['config'] as Row, { id: first }, 'config');
  });
  await steps.prober.attempt('Projects_listConfigs', 'lists what was just registered', async () => {
    const listed = idsOf(
      (await steps.rows('Projects_listConfigs', { id: project.id })).map((row) => row['config'] as Row),
    );
    const lost = configIds.filter((id) => !listed.includes(id));
    if (lost.length > 0) throw new Breach(`${lost.join(' and ')} ${lost.length > 1 ? 'are' : 'is'} not listed`);
  });
  await steps.prober.attempt('Projects_getActiveConfig', 'gives the first config of a project', async () => {
    const active = await steps.call('Projects_getActiveConfig', { id: project.id });
    expectSame(active['config'] as Row, { id: first }, 'config');
  });
  return { project_id: project.id, model_config_id: first, configIds };
}
