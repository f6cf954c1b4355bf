import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkYaml } from '../src/check-yaml.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'humanloop-yaml-'));
  await mkdir(path.join(folder, 'schemas'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  { given: 'a colon in plain text', text: 'a: 1\nb: one: two\n', want: /^schemas\/a.yaml:2:4 .*mapping/i },
  { given: 'a key that comes twice', text: 'a: 1\nb: 2\na: 3\n', want: /^schemas\/a.yaml:3:1 .*unique/i },
  { given: 'an alias without an anchor', text: 'a: *nothing\n', want: /^schemas\/a.yaml:1:4 .*nothing/i },
  { given: 'a merge key', text: 'a: &a\n  b: 1\nc:\n  <<: *a\n', want: /^schemas\/a.yaml:4:3 .*merge keys/i },
  { given: 'a tab', text: 'a:\n\tb: 1\n', want: /^schemas\/a.yaml:2:1 .*tab/i },
])('$given is one problem with file, line and reason', async ({ text, want }) => {
  await writeFile(path.join(folder, 'schemas/a.yaml'), text);
  expect(await checkYaml(folder)).toEqual([expect.stringMatching(want)]);
});

test('the files of the document are YAML', async () => {
  expect(await checkYaml(path.join(import.meta.dirname, '..'))).toEqual([]);
});
