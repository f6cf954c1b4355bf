import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { page, withTable } from './rules-table.ts';

test('the table in docs/spec-changes.md says what the rules say (node scripts/spec/rules-table.ts writes it)', () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toBe(withTable(text));
});
