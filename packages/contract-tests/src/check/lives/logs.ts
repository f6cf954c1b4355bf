import { randomUUID } from 'node:crypto';
import { isRecord } from '../../document/document.ts';
import type { World } from '../life-cycle.ts';
import { Breach, recordsOf } from '../prober.ts';
import { expectSame, ids, rows, type Row, type Steps } from '../steps.ts';
import { draw } from './experiments.ts';

/** Logs one by one, several at once, of a trial and in a session; reads, changes and deletes them. */
export async function tryLogs(steps: Steps, world: World): Promise<void> {
  const { project_id, model_config_id: config_id } = world;
  const concerned = ['get', 'list', 'log', 'update', 'updateByRef', 'delete'].map((name) => `Logs_${name}`);
  if (!steps.wantsAny(...concerned, 'Sessions_list', 'Experiments_sample', 'Projects_export')) return;
  const session = await steps.step('Sessions_create', 'makes a session', {});
  const sessionId = typeof session?.['id'] === 'string' ? session['id'] : undefined;
  const reference_id = `contract-test-${randomUUID()}`;
  const word = `word${randomUUID().slice(0, 8)}`;
  const body = {
    project_id,
    config_id,
    reference_id,
    inputs: { topic: 'kettles', word },
    output: `Das Wasser „kocht“ — 水が沸く 🫖 <b>data: "\\n"</b>\n\n${word} ${'and on '.repeat(1_000)}end`,
    duration: 1.5,
    source: word,
    metadata: { ticket: `${word}-1`, isOpen: true, parts: [1, 2.5] },
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
  };
  const { config_id: _, metadata, ...shown } = body;
  const made = await steps.prober.attempt('Logs_log', 'stores a log', async () => {
    const answer = await steps.call('Logs_log', {}, body);
    expectSame(answer, { project_id, ...(sessionId === undefined ? {} : { session_id: sessionId }) });
    return answer;
  });
  if (!made) return;
  const id = String(made['id']);
  await steps.prober.attempt('Logs_get', 'reads what was just logged', async () => {
    const log = await steps.call('Logs_get', { id });
    // Servers may show no metadata, but no other.
    expectSame({ metadata, ...withoutNull(log) }, { id, metadata, ...shown });
  });
  if (sessionId !== undefined) {
    await steps.prober.attempt('Sessions_list', 'lists the session of a log', async () => {
      await expectListed(steps, 'Sessions_list', project_id, [sessionId], []);
    });
  }
  for (const [filter, value] of [
    ['search', word.toUpperCase()],
    ['metadata_search', `${word}-1`],
    ['source_filter', word],
    ['start_date', '2001-02-03'],
    ['end_date', '2101-02-03T04:05:06Z'],
  ] as const) {
    await steps.prober.attempt('Logs_list', `finds a log by ${filter}`, async () => {
      await expectListed(steps, 'Logs_list', project_id, [id], [], [[filter, value]]);
    });
  }
  for (const [filter, value] of [
    ['search', `${word}x`],
    ['metadata_search', `${word}-2`],
    ['source_filter', `${word}x`],
    ['start_date', '2101-02-03'],
    ['end_date', '2001-02-03T04:05:06Z'],
  ] as const) {
    await steps.prober.attempt('Logs_list', `leaves logs out by ${filter}`, async () => {
      await expectListed(steps, 'Logs_list', project_id, [], [id], [[filter, value]]);
    });
  }
  await steps.change('Logs_update', 'Logs_get', id, { error: 'It boiled dry.' });
  await steps.change('Logs_update', 'Logs_get', id, { duration: 3.25 });
  await steps.change('Logs_update', 'Logs_get', id, { output: 'Kettles boil water quickly.' });
  await steps.prober.attempt('Logs_updateByRef', 'changes the log of this reference', async () => {
    const answer = await steps.value('Logs_updateByRef', {}, { duration: 2.5 }, [['reference_id', reference_id]]);
    expectSame(answer as Row, { id, duration: 2.5 }, 'the answer');
    expectSame(await steps.call('Logs_get', { id }), { id, duration: 2.5, output: 'Kettles boil water quickly.' });
  });
  const more = await steps.prober.attempt('Logs_log', 'stores several logs, and answers in their order', async () => {
    const outputs = ['One.', 'Two.', 'Three.'];
    const answer = await steps.value(
      'Logs_log',
      {},
      outputs.map((output) => ({ project_id, config_id, output })),
    );
    if (!Array.isArray(answer)) throw new Breach('the answer is no list');
    if (answer.length !== outputs.length)
      throw new Breach(`the answer has ${answer.length} entries, not ${outputs.length}`);
    for (const [index, one] of rows(answer).entries()) {
      expectSame(await steps.call('Logs_get', { id: String(one['id']) }), { output: outputs[index] }, `log ${index}`);
    }
    return ids(rows(answer));
  });
  const { experiment_id: experimentId, configIds } = world;
  if (experimentId !== undefined) {
    const ofTrial = await steps.prober.attempt('Logs_log', 'stores the log of a trial', async () => {
      const trial_id = await draw(steps, experimentId, configIds);
      const answer = await steps.call('Logs_log', {}, { project_id, trial_id, output: 'Four.' });
      expectSame(await steps.call('Logs_get', { id: String(answer['id']) }), { trial_id, output: 'Four.' });
      return String(answer['id']);
    });
    if (ofTrial !== undefined) more?.push(ofTrial);
  }
  await steps.prober.attempt('Logs_list', 'lists what was just logged', async () => {
    await expectListed(steps, 'Logs_list', project_id, [id, ...(more ?? [])], []);
  });
  await steps.prober.attempt('Projects_export', 'exports what was just logged, the newest first', async () => {
    const exported = ids(recordsOf(await steps.value('Projects_export', { id: project_id })));
    const lost = [id, ...(more ?? [])].filter((one) => !exported.includes(one));
    if (lost.length > 0) throw new Breach(`${lost.join(', ')} not exported`);
    if (exported.at(-1) !== id && exported.indexOf(id) < exported.indexOf(more?.at(-1) ?? ''))
      throw new Breach(`${id} comes before ${more?.at(-1)}, which is newer`);
  });
  await steps.pages('Logs_list', {}, [['project_id', project_id]]);
  await steps.pages('Projects_export', { id: project_id });
  await steps.prober.attempt('Logs_log', 'refuses a log of a project that does not exist', async () => {
    const nowhere = { project_id: 'contract_test_nothing', config_id, output: 'Five.' };
    await steps.refused('Logs_log', {}, [400, 404, 422], nowhere);
  });
  await steps.prober.attempt('Logs_delete', 'removes the logs that it names, and no other', async () => {
    const [next, ...others] = more ?? [];
    const gone = [id, ...(next === undefined ? [] : [next])];
    await steps.value(
      'Logs_delete',
      {},
      undefined,
      gone.map((one) => ['id', one]),
    );
    for (const one of gone) await steps.refused('Logs_get', { id: one }, [404]);
    await expectListed(steps, 'Logs_list', project_id, others, gone);
  });
}

function withoutNull(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

async function expectListed(
  steps: Steps,
  list: string,
  projectId: string,
  wanted: string[],
  gone: string[],
  filter: [name: string, value: string][] = [],
): Promise<void> {
  const query: [string, string][] = [['project_id', projectId], ['size', '50'], ...filter];
  const page = await steps.value(list, {}, undefined, query);
  const listed = ids(rows(isRecord(page) ? page['records'] : []));
  const lost = wanted.filter((id) => !listed.includes(id));
  if (lost.length > 0) throw new Breach(`${lost.join(', ')} not listed for the project ${projectId}`);
  const left = gone.filter((id) => listed.includes(id));
  if (left.length > 0) throw new Breach(`${left.join(', ')} still listed`);
}
