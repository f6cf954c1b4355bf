/** The document says of v4 what its makers said, but for the differences that v4-differences.yaml gives a reason for. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundle } from '../src/bundle.ts';
import { operations, type Document } from '../src/document.ts';
import { compareWithOriginal, explanations, original } from './v4-facts/compare-with-original.ts';

const ours = await bundle();

describe('the document, compared with the published structure of v4', () => {
  const { unexplained, unused, covered } = compareWithOriginal(ours);
  writeReport(covered);

  test('differs only where v4-differences.yaml says why', () => {
    const lines = unexplained.map((line) => `      - '${line}'`).join('\n');
    expect(unexplained, `No reason for these differences. To paste into v4-differences.yaml:\n${lines}`).toEqual([]);
  });

  test('has every difference that v4-differences.yaml explains', () => {
    expect(unused, `These lines of v4-differences.yaml match no difference:\n${unused.join('\n')}`).toEqual([]);
  });

  test('has all its operations, by their names', () => {
    const named = (document: Document) =>
      [...operations(document)].map(({ method, path, operation }) => `${method} ${path} ${operation.operationId}`);
    const missing = named(original).filter((name) => !named(ours).includes(name));
    expect(missing, `The document has no more:\n${missing.join('\n')}`).toEqual([]);
  });
});

/** For people: test-results/v4-differences.txt lists what each line of v4-differences.yaml covers. */
function writeReport(covered: Map<string, string[]>): void {
  const blocks = explanations.map(({ reason, lines }) => {
    const matches = lines.flatMap((line) => covered.get(line) ?? []);
    return `${reason}\n${matches.map((match) => `  ${match}\n`).join('')}`;
  });
  const folder = path.join(import.meta.dirname, '../test-results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'v4-differences.txt'), blocks.join('\n'));
}
