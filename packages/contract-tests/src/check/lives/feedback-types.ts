import { randomUUID } from 'node:crypto';
import { Breach } from '../prober.ts';
import { expectSame, rows, type Row, type Steps } from '../steps.ts';

/** Makes a feedback type of a project, adds a label to it, and sees that the others stay. */
export async function tryFeedbackTypes(steps: Steps, id: string): Promise<void> {
  const names = ['Projects_createFeedbackType', 'Projects_updateFeedbackTypes'];
  if (!steps.wantsAny(...names)) return;
  const type = `tone-${randomUUID().slice(0, 8)}`;
  const values = [
    { value: 'friendly', sentiment: 'positive' },
    { value: 'rude', sentiment: 'negative' },
  ];
  const label = { value: 'warm', sentiment: 'positive' };
  const typesOf = async (): Promise<Row[]> => rows((await steps.call('Projects_get', { id }))['feedback_types']);
  const expectTypes = (types: Row[], before: Row[], own: Row): void => {
    expectSame(
      types.find((one) => one['type'] === type),
      own,
      type,
    );
    for (const one of before.filter((other) => other['type'] !== type)) {
      const same = types.find((other) => other['type'] === one['type']);
      if (!same) throw new Breach(`the type ${String(one['type'])} is gone`);
      expectSame(same, one, String(one['type']));
    }
  };
  await steps.prober.attempt('Projects_createFeedbackType', 'makes a type, and the others stay', async () => {
    const before = await typesOf();
    expectSame(await steps.call('Projects_createFeedbackType', { id }, { type, values, class: 'select' }), {
      type,
      values,
    });
    expectTypes(await typesOf(), before, { type, values });
  });
  await steps.prober.attempt('Projects_updateFeedbackTypes', 'adds a label, and the others stay', async () => {
    const before = await typesOf();
    const answer = await steps.rows('Projects_updateFeedbackTypes', { id }, [
      { type, values: [label], class: 'select' },
    ]);
    const all = before.some((one) => one['type'] === type) ? [...values, label] : [label];
    expectTypes(answer, before, { type, values: all });
    expectTypes(await typesOf(), before, { type, values: all });
  });
}
