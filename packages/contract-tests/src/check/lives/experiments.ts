import { randomUUID } from 'node:crypto';
import { isRecord } from '../../document/document.ts';
import type { World } from '../life-cycle.ts';
import { Breach } from '../prober.ts';
import { expectSame, ids, rows, type Row, type Steps } from '../steps.ts';

const positive = [{ type: 'rating', value: 'good' }];

/** Makes an experiment of the configs, and finds it again. @returns its id, or undefined when there is none. */
export async function makeExperiment(
  steps: Steps,
  { project_id, configIds }: Omit<World, 'experiment_id'>,
): Promise<string | undefined> {
  const name = `contract-test-${randomUUID().slice(0, 8)}`;
  const body = { name, positive_labels: positive, config_ids: configIds };
  const experiment = await steps.prober.attempt('Experiments_create', 'makes an experiment', async () => {
    const made = await steps.call('Experiments_create', { project_id }, body);
    expectSame(made, { name, project_id, positive_labels: positive });
    return made;
  });
  if (!experiment) return undefined;
  const id = String(experiment['id']);
  steps.remember('experiments', id);
  await steps.prober.attempt('Experiments_list', 'lists what was just made', async () => {
    const listed = await findExperiment(steps, project_id, id);
    expectSame(listed, { name, project_id, positive_labels: positive });
    expectConfigs(rows(listed?.['configs']), configIds);
  });
  await steps.prober.attempt('Experiments_sample', 'draws one of the configs, for a trial', async () => {
    await draw(steps, id, configIds);
  });
  return id;
}

/** Gives feedback on samples of an experiment and looks for it there; then changes the experiment. */
export async function tryExperiment(steps: Steps, world: World, samples: Row[]): Promise<void> {
  const { experiment_id: id } = world;
  const concerned = ['create', 'list', 'update', 'delete', 'sample'].map((name) => `Experiments_${name}`);
  if (id === undefined || !steps.wantsAny(...concerned, 'Feedback_feedback', 'Logs_get')) return;
  if (samples.length > 0) await giveFeedback(steps, world, id, samples);
  await steps.prober.attempt('Feedback_feedback', 'refuses feedback that names no log', async () => {
    await steps.refused('Feedback_feedback', {}, [422], { type: 'rating', value: 'good' });
  });
  await steps.prober.attempt('Feedback_feedback', 'refuses feedback on a log that does not exist', async () => {
    const body = { type: 'rating', value: 'good', data_id: 'data_contract_test_nothing' };
    await steps.refused('Feedback_feedback', {}, [404, 422], body);
  });
  await steps.prober.attempt('Experiments_update', 'keeps a change, and draws no config that it let go', async () => {
    const [first = '', second] = world.configIds;
    const name = `contract-test-${randomUUID().slice(0, 8)}`;
    const gone = second === undefined ? [] : [second];
    const body = { name, config_ids_to_deregister: gone };
    expectSame(await steps.call('Experiments_update', { experiment_id: id }, body), { id, name });
    const listed = await findExperiment(steps, world.project_id, id);
    expectSame(listed, { name, positive_labels: positive });
    expectConfigs(rows(listed?.['configs']), world.configIds);
    for (const config of rows(listed?.['configs'])) {
      expectSame(config, { active: !gone.includes(String(config['id'])) }, `config ${String(config['id'])}`);
    }
    for (let draws = 0; draws < 3; draws += 1) await draw(steps, id, [first]);
  });
  await steps.prober.attempt('Experiments_sample', 'draws nothing from configs that it let go', async () => {
    await steps.call('Experiments_update', { experiment_id: id }, { config_ids_to_deregister: world.configIds });
    await steps.refused('Experiments_sample', { experiment_id: id }, [404]);
  });
  await steps.prober.attempt('Experiments_update', 'takes a config back, and other positive labels', async () => {
    const labels = [...positive, { type: 'action', value: 'copied' }];
    const body = { positive_labels: labels, config_ids_to_register: world.configIds };
    expectSame(await steps.call('Experiments_update', { experiment_id: id }, body), { id, positive_labels: labels });
    const listed = await findExperiment(steps, world.project_id, id);
    expectSame(listed, { positive_labels: labels });
    for (const config of rows(listed?.['configs'])) {
      expectSame(config, { active: true }, `config ${String(config['id'])}`);
    }
  });
  await trySibling(steps, world, id);
}

/** A second experiment, which becomes what is deployed. When it is removed, the first is still there. */
async function trySibling(steps: Steps, { project_id, configIds }: World, other: string): Promise<void> {
  const name = `contract-test-${randomUUID().slice(0, 8)}`;
  const sibling = await steps.prober.attempt(
    'Experiments_create',
    'deploys an experiment that is set active',
    async () => {
      const body = { name, positive_labels: positive, config_ids: configIds, set_active: true };
      const made = await steps.call('Experiments_create', { project_id }, body);
      const active = await steps.call('Projects_getActiveConfig', { id: project_id });
      expectSame(active, { experiment_id: made['id'] }, 'what is deployed');
      return String(made['id']);
    },
  );
  if (sibling === undefined) return;
  await steps.prober.attempt('Experiments_delete', 'removes no other experiment', async () => {
    await steps.value('Experiments_delete', { experiment_id: sibling });
    const listed = ids(await steps.rows('Experiments_list', { project_id }));
    if (listed.includes(sibling)) throw new Breach(`${sibling} is still listed`);
    if (!listed.includes(other)) throw new Breach(`${other} is not listed any more`);
    await steps.refused('Projects_getActiveConfig', { id: project_id }, [404]);
    await steps.call('Projects_update', { id: project_id }, { active_config_id: configIds[0] });
  });
}

async function giveFeedback(steps: Steps, world: World, experimentId: string, samples: Row[]): Promise<void> {
  const find = async (configId: unknown): Promise<{ own: Row; others: Row[] }> => {
    const configs = rows((await findExperiment(steps, world.project_id, experimentId))?.['configs']);
    const own = configs.find(({ id }) => id === configId);
    if (!own) throw new Breach(`the experiment does not have the config ${String(configId)}`);
    return { own, others: configs.filter((config) => config !== own) };
  };
  const give = async (sample: Row, value: string): Promise<void> => {
    const body = { type: 'rating', value, data_id: sample['id'] };
    expectSame(await steps.call('Feedback_feedback', {}, body), body);
  };
  // Of three samples of two configs, two have the same.
  const ofOne = [...Map.groupBy(samples, (sample) => sample['model_config_id']).values()].toSorted(
    (a, b) => b.length - a.length,
  )[0];
  const [first, second] = ofOne ?? [];
  if (!first) return;
  await steps.prober.attempt('Feedback_feedback', 'counts in the experiment', async () => {
    const before = await find(first['model_config_id']);
    await give(first, 'good');
    const good = await find(first['model_config_id']);
    const trials = Number(before.own['trials_count']) + 1;
    expectSame(good.own, { trials_count: trials }, 'after good feedback');
    if (typeof good.own['mean'] !== 'number') throw new Breach(`mean is ${String(good.own['mean'])} after feedback`);
    for (const other of before.others) {
      const { trials_count: count, mean = null } = other;
      const after = good.others.find(({ id }) => id === other['id']);
      expectSame(after, { trials_count: count, mean }, 'a config without feedback');
    }
    if (!second) return;
    await give(second, 'bad');
    const bad = await find(first['model_config_id']);
    expectSame(bad.own, { trials_count: trials + 1 }, 'after bad feedback');
    const [was, is] = [good.own['mean'], Number(bad.own['mean'])];
    if (!(is < was)) throw new Breach(`mean was ${was}, and is ${is} after bad feedback`);
  });
  await steps.prober.attempt('Logs_get', 'shows the feedback on a log', async () => {
    const log = await steps.call('Logs_get', { id: String(first['id']) });
    const found = rows(log['feedback']).some(({ type, value }) => type === 'rating' && value === 'good');
    if (!found)
      throw new Breach(`feedback is ${JSON.stringify(log['feedback'])?.slice(0, 200)}, without the good rating`);
  });
  await steps.prober.attempt('Feedback_feedback', 'takes feedback back', async () => {
    await steps.call('Feedback_feedback', {}, { type: 'rating', data_id: first['id'], unset: true });
    const log = await steps.call('Logs_get', { id: String(first['id']) });
    if (rows(log['feedback']).some(({ type }) => type === 'rating')) throw new Breach('the log still shows the rating');
  });
  await steps.prober.attempt('Feedback_feedback', 'answers a list with a list, in its order', async () => {
    const body = ['first', 'second'].map((value) => ({ type: 'comment', value, data_id: first['id'] }));
    const answer = await steps.value('Feedback_feedback', {}, body);
    if (!Array.isArray(answer)) throw new Breach('the answer is no list');
    if (answer.length !== 2) throw new Breach(`the answer has ${answer.length} entries, not 2`);
    for (const [index, one] of body.entries()) expectSame(answer[index] as Row, one, `entry ${index}`);
  });
}

/** Draws a config, which has to be one of these. @returns the trial's id. */
export async function draw(steps: Steps, experimentId: string, configIds: string[]): Promise<string> {
  const drawn = await steps.call('Experiments_sample', { experiment_id: experimentId });
  const config = isRecord(drawn['config']) ? String(drawn['config']['id']) : undefined;
  if (config === undefined || !configIds.includes(config))
    throw new Breach(`drew ${config}, not ${configIds.join(' or ')}`);
  const trial = drawn['trial_id'];
  if (typeof trial !== 'string' || trial === '') throw new Breach(`trial_id is ${JSON.stringify(trial)}, not an id`);
  return trial;
}

export async function removeExperiment(steps: Steps, world: World): Promise<void> {
  const { experiment_id: id, project_id } = world;
  if (id === undefined) return;
  await steps.prober.attempt('Experiments_delete', 'takes it off the list', async () => {
    await steps.value('Experiments_delete', { experiment_id: id });
    if (await findExperiment(steps, project_id, id)) throw new Breach('the experiment is still listed');
    await steps.refused('Experiments_sample', { experiment_id: id }, [404]);
    await steps.refused('Experiments_delete', { experiment_id: id }, [404]);
  });
}

async function findExperiment(steps: Steps, projectId: string, id: string): Promise<Row | undefined> {
  return (await steps.rows('Experiments_list', { project_id: projectId })).find((row) => row['id'] === id);
}

function expectConfigs(configs: Row[], wanted: string[]): void {
  if (ids(configs).toSorted().join() !== wanted.toSorted().join())
    throw new Breach(`the experiment has the configs ${ids(configs).join(', ') || 'none'}, not ${wanted.join(', ')}`);
}
