/** What the package ships is the document, the same each time, and free of traces of the machine that built it. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const packageFolder = path.join(import.meta.dirname, '..');
let folder: string;

/** A copy of the package, so that a build of the test and a build of the workspace do not meet. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'humanloop-build-'));
  const left = new Set(['node_modules', 'dist', 'test', 'test-results', '.turbo']);
  await cp(packageFolder, folder, { recursive: true, filter: (file) => !left.has(path.basename(file)) });
  await symlink(path.join(packageFolder, 'node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true }));

function run(script: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [path.join(folder, script)]);
}

async function build(): Promise<string[]> {
  await run('scripts/build.ts');
  return Promise.all(
    ['openapi.json', 'openapi-3.1.json'].map((file) => readFile(path.join(folder, 'dist', file), 'utf8')),
  );
}

describe('the build', () => {
  let texts: string[];
  beforeAll(async () => {
    texts = await build();
  });

  test('gives the same bytes each time', async () => {
    const again = await build();
    expect(again.map((text, index) => text === texts[index])).toEqual([true, true]);
  });

  test.each(['file://', 'externalValue', tmpdir(), packageFolder])('leaves no trace of %s', (trace) => {
    expect(texts.map((text) => text.includes(trace))).toEqual([false, false]);
  });

  test('keeps the bytes of the streams', async () => {
    const stream = await readFile(path.join(packageFolder, 'examples/chat-streams/crlf-and-comments.sse'), 'utf8');
    expect(stream).toContain('\r\n');
    expect(texts.map((text) => text.includes(JSON.stringify(stream)))).toEqual([true, true]);
  });
});

describe('a broken document', () => {
  const cases = [
    {
      given: 'a file that is not YAML',
      file: 'schemas/sessions.yaml',
      find: 'description: A new session.',
      replace: 'description: A session: new.',
      script: 'scripts/lint.ts',
      want: /^schemas\/sessions.yaml:3:\d+ Nested mappings/,
    },
    {
      given: 'a reference to nothing',
      file: 'schemas/sessions.yaml',
      find: "'#/SessionProjectResponse'",
      replace: "'#/NoSuchSchema'",
      script: 'scripts/lint.ts',
      want: /schemas\/sessions.yaml:\d+:\d+ [^]*Can't resolve \$ref/,
    },
    {
      given: 'a reference to nothing',
      file: 'schemas/sessions.yaml',
      find: "'#/SessionProjectResponse'",
      replace: "'#/NoSuchSchema'",
      script: 'scripts/build.ts',
      want: /schemas\/sessions.yaml:\d+:\d+ [^]*Can't resolve \$ref/,
    },
    {
      given: 'an example that breaks its schema',
      file: 'examples/Sessions_get/default.response.json',
      find: '"datapoints_count": 2',
      replace: '"datapoints_count": "two"',
      script: 'scripts/lint.ts',
      want: /examples\/Sessions_get\/default.response.json:\d+:\d+ [^]*\/datapoints_count must be integer/,
    },
  ];

  test.each(cases)(
    'with $given stops $script with file, line and reason',
    async ({ file, find, replace, script, want }) => {
      const target = path.join(folder, file);
      const text = await readFile(target, 'utf8');
      expect(text).toContain(find);
      await writeFile(target, text.replace(find, replace));
      try {
        await expect(run(script)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(want) });
      } finally {
        await writeFile(target, text);
      }
    },
  );
});
