/**
 * Measures what a change of each kind makes Turborepo run again, and writes the table into CONTRIBUTING.md.
 *
 * Works on a fresh clone of HEAD in a temporary folder, with a cache of its own: all tasks run once to fill it, then
 * each change is made, measured by the tasks that missed the cache, and taken back.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTurbo } from './turbo.ts';

const root = join(import.meta.dirname, '..');
const clone = mkdtempSync(join(tmpdir(), 'cache-table-'));
const tasks = ['build', 'lint', 'typecheck', 'test'];

/** A change of one kind: the file it is made in, and how its text changes. */
interface Change {
  kind: string;
  file?: string;
  edit?: (text: string) => string;
}

const changes: Change[] = [
  { kind: 'nothing' },
  { kind: 'a README', file: 'packages/types/README.md', edit: (text) => `${text}\nOne more line.\n` },
  { kind: 'a comment in the document', file: 'openapi/paths/chats.yaml', edit: (text) => `# A comment.\n${text}` },
  {
    kind: 'a description in the document',
    file: 'openapi/paths/sessions.yaml',
    edit: (text) => text.replace('Returns one session by its id.', 'Returns one session, found by its id.'),
  },
  {
    kind: 'a source file of the client',
    file: 'packages/client/src/retry.ts',
    edit: (text) => `${text}\nexport {};\n`,
  },
  {
    kind: 'a test of the client',
    file: globSync('packages/client/test/*.test.ts', { cwd: root })[0] ?? '',
    edit: (text) => `${text}\n`,
  },
  {
    kind: 'a source file of the contract tests',
    file: 'packages/contract-tests/src/errors.ts',
    edit: (text) => `${text}\n`,
  },
];

/** The part of Turborepo's run summary that is read here. */
interface Summary {
  tasks: { taskId: string; cache: { status: string } }[];
}

function runTasks(): string[] {
  rmSync(join(clone, '.turbo/runs'), { recursive: true, force: true });
  const { status, stdout } = runTurbo(['run', ...tasks, '--summarize', '--output-logs=errors-only'], {
    quiet: true,
    cwd: clone,
  });
  if (status !== 0) throw new Error(`The tasks fail, so nothing can be measured.\n${stdout}`);
  const [file = ''] = globSync('.turbo/runs/*.json', { cwd: clone });
  const summary = JSON.parse(readFileSync(join(clone, file), 'utf8')) as Summary;
  return summary.tasks
    .filter(({ taskId, cache }) => cache.status === 'MISS' && !taskId.includes('//'))
    .map(({ taskId }) => taskId.replace('@humanloop-v4/', '').replace('#', ' '));
}

try {
  execFileSync('git', ['clone', '--quiet', root, clone]);
  execFileSync('pnpm', ['install', '--prefer-offline', '--frozen-lockfile'], { cwd: clone, stdio: 'pipe' });
  const all = runTasks();
  const rows = changes.map(({ kind, file, edit }) => {
    const path = file && join(clone, file);
    const text = path && readFileSync(path, 'utf8');
    if (path && edit && text !== undefined) {
      const changed = edit(text ?? '');
      if (changed === text) throw new Error(`The change "${kind}" changes nothing in ${file}: mend it in this script.`);
      writeFileSync(path, changed);
    }
    const again = runTasks();
    if (path && text !== undefined) writeFileSync(path, text ?? '');
    return `| ${kind} | ${again.length} of ${all.length} | ${again.join(', ') || 'nothing'} |`;
  });
  const table = ['| changed | tasks run | which |', '| --- | --- | --- |', ...rows].join('\n');
  const page = join(root, 'CONTRIBUTING.md');
  const written = readFileSync(page, 'utf8').replace(
    /(?<=<!-- cache table -->\n)[^]*(?=\n<!-- end of cache table -->)/,
    () => table,
  );
  writeFileSync(page, written);
  console.log(table);
} finally {
  rmSync(clone, { recursive: true, force: true });
}
