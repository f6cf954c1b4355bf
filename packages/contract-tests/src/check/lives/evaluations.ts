import { isRecord } from '../../document/document.ts';
import { Breach, recordsOf } from '../prober.ts';
import { expectSame, ids, rows, type Row, type Steps } from '../steps.ts';

/** What an evaluation is made of: ids of things that are there. */
export interface Material {
  project_id: string;
  config_id: string;
  dataset_id: string;
  datapointIds: string[];
  /** Evaluators of type `external`, which return a truth value. */
  evaluatorIds: string[];
}

/** Makes an evaluation whose logs and judgements are sent in, and follows it to its end. Nothing removes it. */
export async function tryEvaluation(steps: Steps, material: Material): Promise<void> {
  const { project_id, config_id, dataset_id, datapointIds } = material;
  const [evaluatorId = '', another] = material.evaluatorIds;
  const names = ['create', 'get', 'list', 'listAllForProject', 'listDatapoints', 'log', 'result', 'updateStatus'];
  if (!steps.wantsAny(...[...names, 'addEvaluators'].map((name) => `Evaluations_${name}`))) return;
  const made = await steps.prober.attempt('Evaluations_create', 'makes an evaluation, which waits', async () => {
    const body = { config_id, evaluator_ids: [evaluatorId], dataset_id, hl_generated: false };
    const answer = await steps.call('Evaluations_create', { project_id }, body);
    expectEvaluation(answer, [evaluatorId]);
    expectSame(answer, { status: 'pending' });
    expectSame(answer['config'] as Row, { id: config_id }, 'the config');
    expectSame(answer['dataset'] as Row, { id: dataset_id }, 'the dataset');
    return answer;
  });
  if (typeof made?.['id'] !== 'string') return;
  await steps.prober.attempt('Evaluations_create', 'refuses what does not exist', async () => {
    const body = { config_id, evaluator_ids: [evaluatorId], dataset_id, hl_generated: false };
    for (const name of ['config_id', 'dataset_id']) {
      const wrong = { ...body, [name]: 'contract_test_nothing' };
      await steps.refused('Evaluations_create', { project_id }, [400, 404, 422], wrong);
    }
  });
  const { id } = made;
  const evaluation_id = id;
  steps.remember('evaluations', id);
  const read = (): Promise<Row> => steps.call('Evaluations_get', { id });

  await steps.prober.attempt('Evaluations_get', 'reads what was just made', async () => {
    expectSame(await read(), { id, status: 'pending', created_at: made['created_at'] });
  });
  await steps.prober.attempt('Evaluations_list', 'lists what was just made', async () => {
    const page = await steps.value('Evaluations_list', {}, undefined, [['project_id', project_id]]);
    if (!ids(recordsOf(page)).includes(id)) throw new Breach(`${id} is not listed`);
  });
  await steps.prober.attempt('Evaluations_listAllForProject', 'lists what was just made', async () => {
    const listed = await steps.rows('Evaluations_listAllForProject', { project_id });
    if (!ids(listed).includes(id)) throw new Breach(`${id} is not listed`);
  });
  const log = (datapoint_id: string): Row => ({ datapoint_id, log: { project_id, config_id, output: 'Yes.' } });
  await steps.prober.attempt('Evaluations_log', 'refuses a log before the evaluation runs', async () => {
    await steps.refused('Evaluations_log', { evaluation_id }, [400, 422], log(datapointIds[0] ?? ''));
  });
  const setStatus = async (status: string): Promise<void> => {
    expectSame(await steps.call('Evaluations_updateStatus', { id }, { status }), { id, status }, 'the answer');
    expectSame(await read(), { id, status }, 'what is read then');
  };
  for (const status of ['completed', 'cancelled']) {
    await steps.prober.attempt('Evaluations_updateStatus', `does not make it ${status} before it ran`, async () => {
      await steps.refused('Evaluations_updateStatus', { id }, [422], { status });
      expectSame(await read(), { id, status: 'pending' });
    });
  }
  const isRunning = await steps.prober.attempt('Evaluations_updateStatus', 'starts it', async () => {
    await setStatus('running');
    return true;
  });
  if (isRunning) await sendResults(steps, evaluation_id, evaluatorId, datapointIds, log);
  await steps.prober.attempt('Evaluations_addEvaluators', 'adds an evaluator, and keeps the one it has', async () => {
    if (another === undefined) return;
    const wanted = [evaluatorId, another];
    expectEvaluation(await steps.call('Evaluations_addEvaluators', { id }, { evaluator_ids: [another] }), wanted);
    expectEvaluation(await read(), wanted);
  });
  await steps.prober.attempt('Evaluations_updateStatus', 'completes it, and takes no more logs', async () => {
    await setStatus('completed');
    await steps.refused('Evaluations_log', { evaluation_id }, [400, 422], log(datapointIds[0] ?? ''));
  });
}

/** One log for each datapoint. The first is judged to be good, the second not, and of the third there is an error. */
async function sendResults(
  steps: Steps,
  evaluation_id: string,
  evaluator_id: string,
  datapointIds: string[],
  log: (datapointId: string) => Row,
): Promise<void> {
  const logs = await steps.prober.attempt('Evaluations_log', 'stores a log for each datapoint', async () => {
    const sent: string[] = [];
    for (const one of datapointIds) {
      const answer = await steps.call('Evaluations_log', { evaluation_id }, log(one));
      const id = String(answer['id']);
      expectSame(await steps.call('Logs_get', { id }), { id, output: 'Yes.' }, `the log ${id}`);
      sent.push(id);
    }
    if (new Set(sent).size !== sent.length) throw new Breach('two logs have one id');
    return sent;
  });
  if (!logs) return;
  const saidOf = (index: number): Row => (index > 1 ? { error: 'It cannot be judged.' } : { result: index === 0 });
  await steps.prober.attempt('Evaluations_result', 'stores what the evaluator says of each log', async () => {
    for (const [index, log_id] of logs.entries()) {
      const said = saidOf(index);
      const body = { log_id, evaluator_id, ...said };
      const { result: value = null, error = null } = said;
      const answer = await steps.call('Evaluations_result', { evaluation_id }, body);
      expectSame(answer, { log_id, evaluator_id, evaluation_id, value, error });
    }
  });
  await steps.prober.attempt(
    'Evaluations_listDatapoints',
    'shows each datapoint with its log and results',
    async () => {
      const page = await steps.value('Evaluations_listDatapoints', { id: evaluation_id });
      const shown = new Map(recordsOf(page).map((row) => [String((row['datapoint'] as Row)['id']), row]));
      if (shown.size !== datapointIds.length) throw new Breach(`shows ${shown.size} of ${datapointIds.length}`);
      for (const [index, datapointId] of datapointIds.entries()) {
        const row = shown.get(datapointId);
        if (!row) throw new Breach(`does not show ${datapointId}`);
        const [own, results] = [row['log'], rows(row['evaluation_results'])];
        expectSame(isRecord(own) ? own : undefined, { id: logs[index] }, 'the log');
        expectSame(results[0], { evaluator_id, value: saidOf(index)['result'] ?? null }, 'the result');
      }
    },
  );
  await steps.pages('Evaluations_listDatapoints', { id: evaluation_id });
  await steps.prober.attempt('Evaluations_get', 'tells the share of good logs when asked for aggregates', async () => {
    const query: [string, string][] = [['evaluator_aggregates', 'true']];
    const answer = (await steps.value('Evaluations_get', { id: evaluation_id }, undefined, query)) as Row;
    const own = rows(answer['evaluator_aggregates']).find((row) => row['evaluator_id'] === evaluator_id);
    expectSame(own, { aggregate_value: 0.5 }, 'the aggregate');
  });
}

function expectEvaluation(evaluation: Row, evaluatorIds: string[]): void {
  const has = ids(rows(evaluation['evaluators'])).toSorted().join(', ');
  const wanted = evaluatorIds.toSorted().join(', ');
  if (has !== wanted) throw new Breach(`the evaluation has the evaluators ${has || 'none'}, not ${wanted}`);
}
