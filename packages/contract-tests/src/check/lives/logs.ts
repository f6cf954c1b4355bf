import { randomUUID } from 'node:crypto';
import { isRecord } from '../../document/document.ts';
import type { World } from '../life-cycle.ts';
import { Breach } from '../prober.ts';
import { expectSame, ids, rows, type Row, type Steps } from '../steps.ts';
import { draw } from './experiments.ts';

/** Logs one by one, several at once, of a trial and in a session; reads, changes and deletes them. */
export async function tryLogs(steps: Steps, world: World): Promise<void> {
  const { project_id, model_config_id: config_id } = world;
  const concerned = ['get', 'list', 'log', 'update', 'updateByRef', 'delete'].map((name) => `Logs_${name}`);
  if (!steps.wantsAny(...concerned, 'Sessions_list', 'Experiments_sample')) return;
  const session = await steps.step('Sessions_create', 'makes a session', {});
  const sessionId = typeof session?.['id'] === 'string' ? session['id'] : undefined;
  const reference_id = `contract-test-${randomUUID()}`;
  const body = {
    project_id,
    config_id,
    reference_id,
    inputs: { topic: 'kettles' },
    output: 'Kettles boil water.',
    duration: 1.5,
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
  };
  const { config_id: _, ...shown } = body;
  const made = await steps.prober.attempt('Logs_log', 'stores a log', async () => {
    const answer = await steps.call('Logs_log', {}, body);
    expectSame(answer, { project_id, ...(sessionId === undefined ? {} : { session_id: sessionId }) });
    return answer;
  });
  if (!made) return;
  const id = String(made['id']);
  await steps.prober.attempt('Logs_get', 'reads what was just logged', async () => {
    expectSame(await steps.call('Logs_get', { id }), { id, ...shown });
  });
  if (sessionId !== undefined) {
    await steps.prober.attempt('Sessions_list', 'lists the session of a log', async () => {
      await expectListed(steps, 'Sessions_list', project_id, [sessionId], []);
    });
  }
  await steps.change('Logs_update', 'Logs_get', id, { output: 'Kettles boil water quickly.' });
  await steps.prober.attempt('Logs_updateByRef', 'changes the log of this reference', async () => {
    const answer = await steps.value('Logs_updateByRef', {}, { duration: 2.5 }, [['reference_id', reference_id]]);
    expectSame(answer as Row, { id, duration: 2.5 }, 'the answer');
    expectSame(await steps.call('Logs_get', { id }), { id, duration: 2.5, output: 'Kettles boil water quickly.' });
  });
  const more = await steps.prober.attempt('Logs_log', 'stores several logs, and answers in their order', async () => {
    const outputs = ['One.', 'Two.'];
    const answer = await steps.value(
      'Logs_log',
      {},
      outputs.map((output) => ({ project_id, config_id, output })),
    );
    if (!Array.isArray(answer)) throw new Breach('the answer is no list');
    if (answer.length !== 2) throw new Breach(`the answer has ${answer.length} entries, not 2`);
    for (const [index, one] of rows(answer).entries()) {
      expectSame(await steps.call('Logs_get', { id: String(one['id']) }), { output: outputs[index] }, `log ${index}`);
    }
    return ids(rows(answer));
  });
  const { experiment_id: experimentId, configIds } = world;
  if (experimentId !== undefined) {
    await steps.prober.attempt('Logs_log', 'stores the log of a trial', async () => {
      const trial_id = await draw(steps, experimentId, configIds);
      const answer = await steps.call('Logs_log', {}, { project_id, trial_id, output: 'Three.' });
      expectSame(await steps.call('Logs_get', { id: String(answer['id']) }), { trial_id, output: 'Three.' });
    });
  }
  await steps.prober.attempt('Logs_list', 'lists what was just logged', async () => {
    await expectListed(steps, 'Logs_list', project_id, [id, ...(more ?? [])], []);
  });
  await steps.prober.attempt('Logs_delete', 'removes the logs that it names, and no other', async () => {
    await steps.value('Logs_delete', {}, undefined, [['id', id]]);
    await steps.refused('Logs_get', { id }, [404]);
    await expectListed(steps, 'Logs_list', project_id, more ?? [], [id]);
  });
}

async function expectListed(
  steps: Steps,
  list: string,
  projectId: string,
  wanted: string[],
  gone: string[],
): Promise<void> {
  const page = await steps.value(list, {}, undefined, [
    ['project_id', projectId],
    ['size', '50'],
  ]);
  const listed = ids(rows(isRecord(page) ? page['records'] : []));
  const lost = wanted.filter((id) => !listed.includes(id));
  if (lost.length > 0) throw new Breach(`${lost.join(', ')} not listed for the project ${projectId}`);
  const left = gone.filter((id) => listed.includes(id));
  if (left.length > 0) throw new Breach(`${left.join(', ')} still listed`);
}
