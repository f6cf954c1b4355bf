/**
 * `pnpm cache:table`: measures what a change of each kind makes Turborepo run again, and writes the table into
 * CONTRIBUTING.md.
 *
 * All tasks run once in a fresh clone to fill its cache; then each change is made, measured by the tasks that ran, and
 * taken back.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Clone, root } from './clone.ts';

const tasks = ['build', 'lint', 'typecheck', 'test'];

/** A change of one kind: the file it is made in, and how its text changes. */
interface Change {
  kind: string;
  file: string;
  edit: (text: string) => string;
}

const append = (text: string): string => `${text}\n`;
const changes: Change[] = [
  { kind: 'a README', file: 'packages/types/README.md', edit: append },
  { kind: 'a comment in the document', file: 'openapi/paths/chats.yaml', edit: (text) => `# A comment.\n${text}` },
  {
    kind: 'a description in the document',
    file: 'openapi/paths/sessions.yaml',
    edit: (text) => text.replace('Returns one session by its id.', 'Returns one session, found by its id.'),
  },
  {
    kind: 'a source file of the client',
    file: 'packages/client/src/humanloop.ts',
    // Words that reach the declarations, so that the package changes and no test breaks.
    edit: (text) => text.replace('The API, resource by resource', 'The API, one resource after the other'),
  },
  { kind: 'a test of the client', file: 'packages/client/test/client.test-d.ts', edit: append },
  { kind: 'a test of the contract tests', file: 'packages/contract-tests/test/mock.test.ts', edit: append },
];

using clone = new Clone();
const all = clone.run(tasks);

const toRow = (kind: string, again: string[]): string =>
  `| ${kind} | ${again.length} of ${all.length} | ${again.join(', ') || 'nothing'} |`;
const rows = [toRow('nothing', measure()), ...changes.map((change) => toRow(change.kind, measureChange(change)))];
const table = ['| changed | tasks run | which |', '| --- | --- | --- |', ...rows].join('\n');
const page = join(root, 'CONTRIBUTING.md');
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(/(?<=<!-- cache table -->\n)[^]*(?=\n<!-- end of cache table -->)/, () => table),
);
console.log(table);

function measureChange({ kind, file, edit }: Change): string[] {
  const path = join(clone.folder, file);
  const text = readFileSync(path, 'utf8');
  if (edit(text) === text) throw new Error(`The change "${kind}" changes nothing in ${file}: mend it in this script.`);
  writeFileSync(path, edit(text));
  try {
    return measure();
  } finally {
    writeFileSync(path, text);
    // Settle, so that taking this change back is not measured as part of the next one.
    clone.run(tasks);
  }
}

function measure(): string[] {
  return clone
    .run(tasks)
    .filter(({ from }) => from === 'run')
    .map(({ task }) => task);
}
