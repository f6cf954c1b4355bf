import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { derive31 } from '../../../openapi/src/derive-3-1.ts';
import { compareWithOriginal } from '../../../openapi/test/v4-facts/compare-with-original.ts';
import { clientMutations } from '../mutate/client/index.ts';
import { applyEdit } from '../mutate/client/mutation.ts';
import { documentMutations } from '../mutate/document/index.ts';
import { findLock } from '../mutate/document/locks.ts';
import { createTestJudge } from '../mutate/judge.ts';
import { readOptions } from '../mutate/options.ts';
import { pickSome } from '../mutate/pick-places.ts';
import { readSurvivors } from '../mutate/survivors.ts';
import { documentPath, readDocument } from '../src/document/document.ts';
import { openClientWorkshop } from '../mutate/workshop.ts';
import { createRandom } from '../src/mock/write-steps.ts';

// What can be said in seconds; all mutants, each judged by all that a maintainer would run, are for `pnpm mutate`.

const seed = 11;
const document = await readDocument(documentPath('openapi.json'));
const ofDocument = Object.entries(documentMutations).flatMap(([subject, kinds]) =>
  kinds.map((kind) => ({ subject, ...kind })),
);
const ofClient = Object.values(clientMutations).flat();

describe('the mutations', () => {
  it('are of at least 60 kinds for the document and 40 for the client, each with a name of its own', () => {
    expect(ofDocument.length).toBeGreaterThanOrEqual(60);
    expect(ofClient.length).toBeGreaterThanOrEqual(40);
    const names = [...ofDocument, ...ofClient].map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('of the document have places', () => {
    expect(ofDocument.filter(({ places }) => places(document).length === 0).map(({ name }) => name)).toEqual([]);
  });

  it.each(ofClient)('of the client fit it as it is: $name', ({ edits }) => {
    for (const edit of edits) {
      const source = readFileSync(path.join(import.meta.dirname, '../../client/src', edit.file), 'utf8');
      expect(() => stripTypeScriptTypes(applyEdit(source, edit).text)).not.toThrow();
    }
  });

  it('that survive have a reason, and are mutations', () => {
    const kinds = new Set([...ofDocument, ...ofClient].map(({ name }) => name));
    expect(readSurvivors().filter(({ kind }) => !kinds.has(kind))).toEqual([]);
  });

  it('refuse what does not fit once, and options that are misspelt', () => {
    const edit = { file: 'x.ts', find: 'a b', replace: 'c' };
    expect(applyEdit('1\na\n  b', edit)).toEqual({ text: '1\nc', line: 2 });
    expect(() => applyEdit('a', edit)).toThrow('packages/client/src/x.ts has 0 times, in place of once: a b');
    expect(() => applyEdit('a b a b', edit)).toThrow('2 times');
    expect(() => readOptions(['--places', '0'])).toThrow('--places is a number from 1 on, not 0.');
  });
});

// Their judges need no process of their own: the published facts of v4, and the locks.
const quick = ofDocument.filter(({ subject }) => subject !== 'examples');

describe('a change of the document is noticed', () => {
  const random = createRandom(seed);
  it.each(pickSome(quick, 12, random))('when $name', ({ places, apply }) => {
    for (const place of pickSome(places(document), 1, random)) {
      const copy = structuredClone(document);
      apply(copy, place);
      expect(noticeAtOnce(copy), place.join('/')).not.toBeNull();
    }
  });
});

describe('a change of the client is noticed', () => {
  const workshop = openClientWorkshop();
  afterAll(() => workshop.remove());
  const judge = createTestJudge('client tests', { folder: 'packages/client', files: ['event-stream.test.ts'] });
  const file = 'packages/client/src/event-reader.ts';
  const original = workshop.read(file);
  const edits = (clientMutations['streams on the wire'] ?? []).flatMap((kind) =>
    kind.edits.filter((edit) => file.endsWith(edit.file)).map((edit) => ({ name: kind.name, edit })),
  );

  it.each(pickSome(edits, 2, createRandom(seed)))('when $name', async ({ edit }) => {
    workshop.write(file, applyEdit(original, edit).text);
    expect(await judge.run(workshop, '')).toMatch(/^packages\/client\/test\/event-stream\.test\.ts/);
  });
});

function noticeAtOnce(copy: unknown): string | null {
  const bundle = copy as Parameters<typeof derive31>[0];
  try {
    const { unexplained, unused } = compareWithOriginal(bundle);
    return unexplained[0] ?? unused[0] ?? findLock(derive31(bundle) as unknown as typeof document);
  } catch (error) {
    return String(error);
  }
}
