import { isRecord } from '../document/document.ts';
import { streamOf, type Operation } from '../document/operations.ts';
import { validRequest } from '../suite/request.ts';
import { tryDeployments } from './lives/deployments.ts';
import { makeExperiment, removeExperiment, tryExperiment } from './lives/experiments.ts';
import { tryFeedbackTypes } from './lives/feedback-types.ts';
import { generate, type StreamBounds } from './lives/generations.ts';
import { keepThings } from './lives/keeping.ts';
import { tryLogs } from './lives/logs.ts';
import { tryPrompts } from './lives/prompts.ts';
import { Breach, recordsOf, type Prober } from './prober.ts';
import type { KnownIds } from './reads.ts';
import { echoOf, expectSame, ids as idsOf, rows, Steps, type Row } from './steps.ts';

export interface Project {
  id: string;
  name: string;
}

/** What generating needs: its ids by the names that requests give them. */
export interface World {
  project_id: string;
  project_name: string;
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
  let kept: { projectId: string; configId?: string } | undefined;
  const projects: Project[] = [];
  for (const endpoint of ['chat', 'complete'] as const) {
    const prefix = endpoint === 'chat' ? 'Chats_' : 'Completions_';
    const generating = prober.operations.filter(
      (operation) => operation.id.startsWith(prefix) && streamOf(operation) && prober.wants(operation.id),
    );
    const project = await makeProject(steps, endpoint === 'chat' ? 'b' : 'a');
    if (!project) break;
    kept ??= { projectId: project.id };
    projects.push(project);
    const samples: Row[] = [];
    const configIds: string[] = [];
    // What is half made is removed, too.
    removals.push(() => removeProject(steps, project, configIds[1], samples[0]?.['id']));
    // The first of the two is also what all other operations are tried with.
    if (endpoint === 'complete' && generating.length === 0) continue;
    const configs = await registerConfigs(steps, endpoint, project);
    if (!configs) continue;
    const experimentId = prober.has('Experiments_create') ? await makeExperiment(steps, configs) : undefined;
    const world: World = { ...configs, experiment_id: experimentId };
    kept.configId ??= configs.model_config_id;
    configIds.push(...configs.configIds);
    await tryPrompts(steps, world);
    await tryFeedbackTypes(steps, project.id);
    for (const operation of generating) samples.push(...(await generate(steps, operation, world, bounds)));
    await tryDeployments(steps, world);
    await tryExperiment(steps, world, samples);
    if (endpoint === 'chat') await tryLogs(steps, world);
    removals.unshift(() => removeExperiment(steps, world));
  }
  await findProjects(steps, projects);
  removals.unshift(await keepThings(steps, kept?.projectId, kept?.configId));
  return async () => {
    for (const remove of removals) await remove();
  };
}

/** @param letter - stands in the name, so that the order of the names is not that of the times. */
async function makeProject(steps: Steps, letter: string): Promise<Project | undefined> {
  const name = `contract-test-${steps.token}-${letter}-é茶🫖`;
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
  await steps.prober.attempt('Projects_create', 'refuses a name that another project has', async () => {
    await steps.refused('Projects_create', {}, [422], { name: `${name}-b` });
  });
  return { id, name: `${name}-b` };
}

/** By a part of their names, and in the order of these. */
async function findProjects(steps: Steps, projects: Project[]): Promise<void> {
  const made = idsOf(projects as unknown as Row[]);
  const newest = made.toReversed();
  for (const [said, wanted] of [
    ['', newest],
    ['order=asc', made],
    ['sort_by=name&order=asc', newest],
    ['sort_by=name&order=desc', made],
    ['filter=nobody', []],
  ] as const) {
    await steps.prober.attempt('Projects_list', `finds projects by a part of their names: ${said}`, async () => {
      const filter = said.startsWith('filter') ? '' : `filter=${steps.token.toUpperCase()}&`;
      const query = [...new URLSearchParams(filter + said.replace('nobody', `${steps.token}-nobody`))];
      const found = idsOf(recordsOf(await steps.value('Projects_list', {}, undefined, query)));
      if (found.join() !== wanted.join())
        throw new Breach(`lists ${found.join(', ') || 'nothing'}, not ${wanted.join(', ') || 'nothing'}`);
    });
  }
  for (const operation of steps.prober.operations.filter(isOfProject)) {
    await steps.prober.attempt(operation.id, 'lists of each project its own', async () => {
      const seen = new Set<string>();
      for (const id of made) {
        const path = Object.fromEntries(Object.keys(validRequest(operation).path).map((name) => [name, id]));
        const query: [string, string][] = Object.keys(path).length > 0 ? [] : [['project_id', id]];
        const listed = idsOf(recordsOf(await steps.value(operation.id, path, undefined, query)));
        const both = listed.filter((one) => one !== 'undefined' && seen.has(one));
        if (both.length > 0) throw new Breach(`${both[0]} is listed for two projects`);
        for (const one of listed) seen.add(one);
      }
    });
  }
}

/** Whether an operation lists what one project has. */
function isOfProject({ method, path, parameters, responses }: Operation): boolean {
  const required = parameters.filter((one) => one.required);
  const isAsked = required.length === 1 && (required[0]?.name === 'project_id' || /^\/projects\/\{\w+\}\//.test(path));
  const example = responses.find(({ status }) => status < 300)?.content[0]?.examples[0]?.value;
  return method === 'GET' && isAsked && (Array.isArray(example) || recordsOf(example).length > 0);
}

/** Without a word on the order, the newest come first. */
async function isListed(steps: Steps, id: string): Promise<boolean> {
  const page = await steps.value('Projects_list', {});
  return isRecord(page) && idsOf(page['records'] as Row[]).includes(id);
}

async function removeProject(steps: Steps, { id }: Project, configId?: string, logId?: unknown): Promise<void> {
  await steps.remove('Projects_delete', 'Projects_get', { id });
  await steps.prober.attempt('Projects_delete', 'removes what the project had', async () => {
    await steps.refused('Projects_listConfigs', { id }, [404]);
    if (configId !== undefined) await steps.refused('ModelConfigs_get', { id: configId }, [404]);
    if (typeof logId === 'string') await steps.refused('Logs_get', { id: logId }, [404]);
  });
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
    max_tokens: 256,
    top_p: 0.5,
    presence_penalty: 0.25,
    frequency_penalty: -0.5,
    seed: 7,
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
        expectSame(made, { project_id: project.id, project_name: project.name });
        const own = made['config'] as Row;
        expectSame(own, echoOf(body, own), 'config');
        for (const [index, message] of rows(body['chat_template']).entries())
          expectSame(rows(own['chat_template'])[index], message, 'the template');
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
  return { project_id: project.id, project_name: project.name, model_config_id: first, configIds };
}
