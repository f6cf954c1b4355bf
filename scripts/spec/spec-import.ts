/**
 * `pnpm spec:import <file or URL>`: takes another revision of the document over into openapi/, shows what changed, and
 * generates everything again. What it refuses leaves the tree as it was.
 */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { groupProblems, readProblems } from '../problems.ts';
import { compareDocuments } from './diff/compare-documents.ts';
import { toText } from './diff/report.ts';
import { checkStructure } from './import/check-structure.ts';
import { checkImported } from './import/check-imported.ts';
import { writeImport } from './import/write-import.ts';
import { describeStaleMentions, findStaleMentions, findWrongCounts } from './mentions.ts';
import { git, parseOpenApi, readDocument, repository, titleOf, UsageError } from './read-document.ts';
import { runCommand } from './run-command.ts';

/** Longest wait for a URL, ms. */
const downloadTimeoutMs = 60_000;

await runCommand(async (args) => {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'no-generate': { type: 'boolean' } },
  });
  const [source, ...more] = positionals;
  if (source === undefined || more.length > 0) throw new UsageError('Usage: pnpm spec:import <file or URL>');
  const theirs = parseOpenApi(await readText(source), source);
  checkImported(theirs, source);
  await checkStructure(theirs, source);
  const folder = path.join(repository, 'openapi');
  if (git('status', '--porcelain', '--', 'openapi').length > 0)
    console.log('openapi/ has changes that are not committed; the import adds to them.\n');
  const before = await readDocument(folder);
  const { files, toDecide } = await writeImport(theirs, folder);
  const after = await readDocument(folder);
  const changes = compareDocuments(before, after);
  console.log(toText('our document', titleOf(theirs), changes, process.stdout.isTTY));
  console.log(`\nChanged in openapi/: ${files.length === 0 ? 'nothing' : files.join(', ')}`);
  if (values['no-generate'] !== true && files.length > 0) generate();
  const decisions = [
    ...toDecide,
    ...groupProblems(lintProblems()),
    ...describeStaleMentions(findStaleMentions(after, repository)),
    ...findWrongCounts(after, repository),
  ];
  if (decisions.length > 0)
    console.log(`\nFor a person to decide:\n${decisions.map((line) => `- ${line}`).join('\n')}`);
  console.log('\nNext: git diff, pnpm check (its failures name what is left to decide), pnpm spec:changeset.');
});

async function readText(source: string): Promise<string> {
  try {
    if (!/^https?:\/\//.test(source)) return await readFile(source, 'utf8');
    const response = await fetch(source, { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.text();
  } catch (error) {
    const { message, cause, code } = error as NodeJS.ErrnoException;
    const known = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' }[code ?? ''];
    const reason = known ?? (cause instanceof Error ? cause.message : message);
    throw new UsageError(`${source} cannot be read: ${reason}`, { cause: error });
  }
}

/**
 * Generates types, table, methods, and the verdicts that tests compare the document with; other tests follow from the
 * document by themselves.
 *
 * Not through Turborepo, which needs no more than this but the builds: what a revision lacks is for a person to write
 * after this.
 */
function generate(): void {
  console.log('\nGenerating …');
  const verdicts = 'the verdicts that the document gives';
  const tasks = [
    ['openapi', 'run', 'build'],
    ['types', 'run', 'generate'],
    ['client', 'run', 'generate'],
    [
      'contract-tests',
      'exec',
      'vitest',
      'run',
      'test/verdicts.test.ts',
      '--update',
      '-t',
      verdicts,
      '--silent',
      '--reporter=dot',
    ],
  ];
  for (const [name, ...task] of tasks) {
    const args = ['--silent', '--filter', `@humanloop-v4/${name}`, ...task];
    const isTest = task.includes('vitest');
    const { status } = spawnSync('pnpm', args, { cwd: repository, stdio: isTest ? 'ignore' : 'inherit' });
    // What the tests find besides is for `pnpm check` to say.
    if (status === 0 || isTest) continue;
    console.log('Generating failed; what it says above is the first thing to mend. Then: pnpm generate');
    return;
  }
}

/** What the linter of the document finds: words and examples that are missing, above all. */
function lintProblems(): string[] {
  const args = ['--silent', '--filter', '@humanloop-v4/openapi', 'run', 'lint'];
  const { stdout, stderr } = spawnSync('pnpm', args, { cwd: repository, encoding: 'utf8' });
  return readProblems(`${stdout}\n${stderr}`, 'openapi/');
}
