import { randomUUID } from 'node:crypto';
import { isRecord } from '../../document/document.ts';
import { Breach } from '../prober.ts';
import { echoOf, expectSame, ids, rows, type Row, type Steps } from '../steps.ts';

/** Things that live by themselves: made, read, listed, changed, removed, gone. */
export async function keepThings(steps: Steps, projectId: string | undefined): Promise<void> {
  const wants = (resource: string): boolean =>
    steps.wantsAny(...['create', 'get', 'list', 'update', 'delete'].map((name) => `${resource}_${name}`));
  if (wants('Sessions')) await makeSession(steps);
  const name = `contract-test-${randomUUID().slice(0, 8)}`;
  if (wants('Evaluators') && steps.prober.has('Evaluators_create')) {
    const evaluator = steps.prober.operation('Evaluators_create').body?.content[0]?.examples[0]?.value as Row;
    await makeAndRemove(steps, 'Evaluators', {}, { ...evaluator, name });
  }
  const points = ['Datasets_listDatapoints', 'Datasets_createDatapoint', 'Datapoints_get'];
  if (projectId === undefined || !(wants('Datasets') || steps.wantsAny(...points))) return;
  const body = { name, description: 'made by a test' };
  await makeAndRemove(steps, 'Datasets', { project_id: projectId }, body, (id) => fillDataset(steps, id));
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

async function makeAndRemove(
  steps: Steps,
  resource: string,
  path: Record<string, string>,
  body: Row,
  use?: (id: string) => Promise<void>,
): Promise<void> {
  const made = await steps.prober.attempt(`${resource}_create`, 'makes what it is asked for', async () => {
    const answer = await steps.call(`${resource}_create`, path, body);
    expectSame(answer, echoOf(body, answer));
    return answer;
  });
  if (typeof made?.['id'] !== 'string') return;
  const { id } = made;
  await steps.prober.attempt(`${resource}_get`, 'reads what was just made', async () => {
    const read = await steps.call(`${resource}_get`, { id });
    expectSame(read, { id, created_at: made['created_at'], ...echoOf(body, made) });
  });
  await steps.prober.attempt(`${resource}_list`, 'lists what was just made', async () => {
    if (!ids(await steps.rows(`${resource}_list`, {})).includes(id)) throw new Breach(`${id} is not listed`);
  });
  await steps.change(`${resource}_update`, `${resource}_get`, id, { name: `${String(body['name'])}-b` });
  await use?.(id);
  await steps.remove(`${resource}_delete`, `${resource}_get`, { id });
  await steps.prober.attempt(`${resource}_list`, 'does not list what was removed', async () => {
    if (ids(await steps.rows(`${resource}_list`, {})).includes(id)) throw new Breach(`${id} is still listed`);
  });
}

async function fillDataset(steps: Steps, dataset_id: string): Promise<void> {
  const inputs = [{ topic: 'kettles' }, { topic: 'tea' }, { topic: 'water' }];
  const made = await steps.prober.attempt('Datasets_createDatapoint', 'adds one datapoint, and several', async () => {
    const one = await steps.rows('Datasets_createDatapoint', { dataset_id }, { inputs: inputs[0] });
    const more = await steps.rows(
      'Datasets_createDatapoint',
      { dataset_id },
      inputs.slice(1).map((each) => ({ inputs: each })),
    );
    if (one.length !== 1 || more.length !== 2)
      throw new Breach(`one datapoint gives ${one.length}, and a list of two ${more.length}`);
    for (const [index, row] of [...one, ...more].entries())
      expectSame(row, { inputs: inputs[index] }, `datapoint ${index}`);
    return ids([...one, ...more]);
  });
  if (!made) return;
  await steps.prober.attempt('Datapoints_get', 'reads what was just added', async () => {
    for (const [index, id] of made.entries()) {
      expectSame(await steps.call('Datapoints_get', { id }), { id, inputs: inputs[index] });
    }
  });
  await steps.prober.attempt('Datasets_listDatapoints', 'lists what was just added', async () => {
    const page = await steps.value('Datasets_listDatapoints', { dataset_id });
    const listed = ids(rows(isRecord(page) ? page['records'] : []));
    if (listed.toSorted().join() !== made.toSorted().join())
      throw new Breach(`lists ${listed.join(', ') || 'nothing'}, not ${made.join(', ')}`);
  });
  await steps.prober.attempt('Datasets_get', 'counts its datapoints', async () => {
    expectSame(await steps.call('Datasets_get', { id: dataset_id }), { datapoint_count: made.length });
  });
}
