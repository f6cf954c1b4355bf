import { expect, test } from 'vitest';
import { compareDocuments } from './compare-documents.ts';
import { readPairs } from './pairs.ts';
import { highest } from './rules.ts';

test.each(readPairs())('$name: $want, because $because', ({ base, revision, want }) => {
  const changes = compareDocuments(base, revision);
  const got = highest(changes.map(({ level }) => level));
  expect(got, changes.map(({ level, place, message }) => `${level} ${place}: ${message}`).join('\n')).toBe(want);
});
