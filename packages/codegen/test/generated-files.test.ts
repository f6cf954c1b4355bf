import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runGenerator } from '../src/generated-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codegen-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  await rm(folder, { recursive: true });
});

test('what is generated is all that is in the folder afterwards', async () => {
  await writeFile(join(folder, 'old.ts'), 'old');
  await runGenerator(folder, () => ({ 'a.ts': 'a' }), []);
  expect(await readdir(folder)).toEqual(['a.ts']);
  expect(await readFile(join(folder, 'a.ts'), 'utf8')).toBe('a');
});

test('the check names every file that is stale, missing or left over, and changes none', async () => {
  await writeFile(join(folder, 'stale.ts'), 'old');
  await writeFile(join(folder, 'over.ts'), 'over');
  await writeFile(join(folder, 'good.ts'), 'good');
  const told = vi.spyOn(console, 'error').mockReturnValue();
  await runGenerator(folder, () => ({ 'good.ts': 'good', 'stale.ts': 'new', 'missing.ts': '' }), ['--check']);
  const lines = told.mock.calls.map(([line]) => String(line).replace(/^.*\//, ''));
  expect(lines).toEqual([
    'stale.ts is stale; run `pnpm generate` and commit the result.',
    'missing.ts is missing; run `pnpm generate` and commit the result.',
    'over.ts is no longer generated; run `pnpm generate` and commit the result.',
  ]);
  expect(process.exitCode).toBe(1);
  expect(await readFile(join(folder, 'stale.ts'), 'utf8')).toBe('old');
});

test('the check of fresh files is silent and exits with 0', async () => {
  await writeFile(join(folder, 'a.ts'), 'a');
  const told = vi.spyOn(console, 'error').mockReturnValue();
  await runGenerator(folder, () => ({ 'a.ts': 'a' }), ['--check']);
  expect(told).not.toHaveBeenCalled();
  expect(process.exitCode ?? 0).toBe(0);
});

test('a fault of the document is told in its one sentence, without a stack', async () => {
  const told = vi.spyOn(console, 'error').mockReturnValue();
  await runGenerator(folder, () => Promise.reject(new Error('Things_call: choose another name.')), []);
  expect(told.mock.calls).toEqual([['Things_call: choose another name.']]);
  expect(process.exitCode).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});
