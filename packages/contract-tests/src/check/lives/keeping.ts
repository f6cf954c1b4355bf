import { randomUUID } from 'node:crypto';
import { isRecord } from '../../document/document.ts';
import { Breach } from '../prober.ts';
import { echoOf, expectSame, ids, rows, type Row, type Steps } from '../steps.ts';
import { tryEvaluation } from './evaluations.ts';

/**
 * Things that live by themselves: made, read, listed, changed; an evaluation of them; and at the end removed and gone.
 *
 * @returns what removes them.
 */
export async function keepThings(
  steps: Steps,
  project_id: string | undefined,
  config_id: string | undefined,
): Promise<() => Promise<void>> {
  const wants = (resource: string): boolean =>
    steps.wantsAny(...steps.prober.operations.map(({ id }) => id).filter((id) => id.startsWith(`${resource}_`)));
  if (wants('Sessions')) await makeSession(steps);
  const name = `contract-test-${randomUUID().slice(0, 8)}`;
  const evaluations = wants('Evaluations') && config_id !== undefined;
  const evaluators: string[] = [];
  if ((evaluations || wants('Evaluators')) && steps.prober.has('Evaluators_create')) {
    const examples = steps.prober.operation('Evaluators_create').body?.content[0]?.examples ?? [];
    const bodies = examples.map(({ value }) => value as Row);
    const external = bodies.find(({ type, return_type }) => type === 'external' && return_type === 'boolean');
    for (const [index, body] of [bodies[0], external, external].entries()) {
      const id = body && (await make(steps, 'Evaluators', {}, { ...body, name: `${name}-${index}` }));
      if (id !== undefined) evaluators.push(id);
    }
  }
  const datasets: string[] = [];
  let datapointIds: string[] | undefined;
  if (project_id !== undefined && (evaluations || wants('Datasets') || wants('Datapoints'))) {
    for (const index of [0, 1]) {
      // Texts of any language have to come back as they were sent.
      const body = { name: `${name}-${index}`, description: 'Löschen & “füllen” <b>茶</b> 🫖' };
      const id = await make(steps, 'Datasets', { project_id }, body);
      if (id !== undefined) datasets.push(id);
    }
    const [dataset_id] = datasets;
    datapointIds = dataset_id === undefined ? undefined : await fillDataset(steps, dataset_id, project_id, config_id);
    if (dataset_id !== undefined && datapointIds && evaluations && evaluators.length > 1) {
      const evaluatorIds = evaluators.slice(-2);
      await tryEvaluation(steps, { project_id, config_id, dataset_id, datapointIds, evaluatorIds });
    }
  }
  return async () => {
    await removeAll(steps, 'Datasets', datasets);
    await steps.prober.attempt('Datasets_delete', 'removes the datapoints, too', async () => {
      for (const id of datapointIds ?? []) await steps.refused('Datapoints_get', { id }, [404]);
    });
    await removeAll(steps, 'Evaluators', evaluators);
  };
}

async function makeSession(steps: Steps): Promise<void> {
  const session = await steps.step('Sessions_create', 'makes a session', {});
  if (typeof session?.['id'] === 'string') {
    const { id } = session;
    await steps.prober.attempt('Sessions_get', 'reads what was just made', async () => {
      expectSame(await steps.call('Sessions_get', { id }), { id });
    });
  }
}

/** @returns the id of what was made. */
async function make(
  steps: Steps,
  resource: string,
  path: Record<string, string>,
  body: Row,
): Promise<string | undefined> {
  const made = await steps.prober.attempt(`${resource}_create`, 'makes what it is asked for', async () => {
    const answer = await steps.call(`${resource}_create`, path, body);
    expectSame(answer, echoOf(body, answer));
    return answer;
  });
  if (typeof made?.['id'] !== 'string') return undefined;
  const { id } = made;
  steps.remember(resource.toLowerCase(), id);
  await steps.prober.attempt(`${resource}_get`, 'reads what was just made', async () => {
    const read = await steps.call(`${resource}_get`, { id });
    expectSame(read, { id, created_at: made['created_at'], ...echoOf(body, made) });
  });
  await steps.prober.attempt(`${resource}_list`, 'lists what was just made', async () => {
    if (!ids(await steps.rows(`${resource}_list`, {})).includes(id)) throw new Breach(`${id} is not listed`);
  });
  for (const property of ['name', 'description', 'code'].filter((one) => typeof made[one] === 'string')) {
    await steps.change(`${resource}_update`, `${resource}_get`, id, { [property]: `${String(made[property])} (b)` });
  }
  return id;
}

/** Removes one after the other. Those after it are still there each time. */
async function removeAll(steps: Steps, resource: string, made: string[]): Promise<void> {
  for (const [index, id] of made.entries()) {
    await steps.remove(`${resource}_delete`, `${resource}_get`, { id });
    await steps.prober.attempt(`${resource}_list`, 'does not list what was removed, but all others', async () => {
      const listed = ids(await steps.rows(`${resource}_list`, {}));
      if (listed.includes(id)) throw new Breach(`${id} is still listed`);
      const lost = made.slice(index + 1).filter((other) => !listed.includes(other));
      if (lost.length > 0) throw new Breach(`${lost.join(', ')} not listed, but ${id} was removed`);
    });
  }
}

/** @returns the ids of its datapoints. */
async function fillDataset(
  steps: Steps,
  dataset_id: string,
  project_id: string,
  config_id: string | undefined,
): Promise<string[] | undefined> {
  const inputs = [{ topic: 'kettles' }, { topic: 'Grüner Tee 🍵' }, { topic: 'water' }];
  const target = { answer: 'Boil it.', words: 2, isLong: false };
  const made = await steps.prober.attempt('Datasets_createDatapoint', 'adds one datapoint, and several', async () => {
    const one = await steps.rows('Datasets_createDatapoint', { dataset_id }, { inputs: inputs[0], target });
    const more = await steps.rows(
      'Datasets_createDatapoint',
      { dataset_id },
      inputs.slice(1).map((each) => ({ inputs: each, target })),
    );
    if (one.length !== 1 || more.length !== 2)
      throw new Breach(`one datapoint gives ${one.length}, and a list of two ${more.length}`);
    for (const [index, row] of [...one, ...more].entries())
      expectSame(row, { inputs: inputs[index], target }, `datapoint ${index}`);
    return ids([...one, ...more]);
  });
  if (!made) return undefined;
  for (const id of made) steps.remember('datapoints', id);
  await steps.prober.attempt('Datapoints_get', 'reads what was just added', async () => {
    for (const [index, id] of made.entries()) {
      expectSame(await steps.call('Datapoints_get', { id }), { id, inputs: inputs[index], target });
    }
  });
  await steps.prober.attempt('Datasets_listDatapoints', 'lists what was just added', async () => {
    const page = await steps.value('Datasets_listDatapoints', { dataset_id });
    const listed = ids(rows(isRecord(page) ? page['records'] : []));
    if (listed.toSorted().join() !== made.toSorted().join())
      throw new Breach(`lists ${listed.join(', ') || 'nothing'}, not ${made.join(', ')}`);
  });
  await steps.pages('Datasets_listDatapoints', { dataset_id });
  await steps.prober.attempt('Datasets_get', 'counts its datapoints', async () => {
    expectSame(await steps.call('Datasets_get', { id: dataset_id }), { datapoint_count: made.length });
  });
  if (steps.prober.has('Logs_log')) {
    await steps.prober.attempt('Datasets_createDatapoint', 'makes datapoints of logs', async () => {
      const log = { project_id, config_id, inputs: { topic: 'filters' }, output: 'Rinse them.' };
      const logId = String((await steps.call('Logs_log', {}, log))['id']);
      const [row, ...more] = await steps.rows('Datasets_createDatapoint', { dataset_id }, { log_ids: [logId] });
      if (more.length > 0) throw new Breach(`one log gives ${more.length + 1} datapoints`);
      expectSame(row, { inputs: log['inputs'], target: { output: log['output'] } }, 'the datapoint');
      made.push(String(row?.['id']));
    });
  }
  await steps.prober.attempt('Datapoints_update', 'changes nothing any more', async () => {
    const [id = ''] = made;
    const before = await steps.call('Datapoints_get', { id });
    expectSame(await steps.call('Datapoints_update', { id }), before, 'the answer');
    expectSame(await steps.call('Datapoints_get', { id }), before, 'what is read then');
  });
  await steps.prober.attempt('Datapoints_delete', 'deletes nothing any more', async () => {
    await steps.value('Datapoints_delete', {});
    for (const id of made) expectSame(await steps.call('Datapoints_get', { id }), { id });
  });
  return made;
}
