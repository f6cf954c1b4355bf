/**
 * `pnpm spec:import <file or URL>`: takes another revision of the document over into openapi/, shows what changed, and
 * generates everything again. What it refuses leaves the tree as it was.
 */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compareDocuments } from './diff/compare-documents.ts';
import { toText } from './diff/report.ts';
import { checkImported } from './import/check-imported.ts';
import { writeImport } from './import/write-import.ts';
import { parseOpenApi, readDocument, repository, titleOf, UsageError } from './read-document.ts';
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
  const folder = path.join(repository, 'openapi');
  const before = await readDocument(folder);
  const { files, toDecide } = await writeImport(theirs, folder);
  const changes = compareDocuments(before, await readDocument(folder));
  console.log(toText('our document', titleOf(theirs), changes, process.stdout.isTTY));
  console.log(`\nChanged in openapi/: ${files.length === 0 ? 'nothing' : files.join(', ')}`);
  if (toDecide.length > 0) console.log(`\nFor a person to decide:\n${toDecide.map((line) => `- ${line}`).join('\n')}`);
  if (values['no-generate'] !== true) generate();
  console.log('\nNext: git diff, pnpm check (its failures name what is left to decide), pnpm spec:changeset.');
});

async function readText(source: string): Promise<string> {
  try {
    if (!/^https?:\/\//.test(source)) return await readFile(source, 'utf8');
    const response = await fetch(source, { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.text();
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw new UsageError(`${source} cannot be read: ${reason}`, { cause: error });
  }
}

/**
 * Generates types, table and methods; the tests follow from the document by themselves.
 *
 * Not through Turborepo, which lints first: a revision without our words and examples does not pass, and what it lacks is
 * for a person to write after this.
 */
function generate(): void {
  console.log('\nGenerating …');
  for (const [name, task] of [
    ['openapi', 'build'],
    ['types', 'generate'],
    ['client', 'generate'],
  ]) {
    const args = ['--silent', '--filter', `@humanloop-v4/${name}`, 'run', `${task}`];
    const { status } = spawnSync('pnpm', args, { cwd: repository, stdio: 'inherit' });
    if (status === 0) continue;
    console.log('Generating failed; what it says above is the first thing to mend. Then: pnpm generate');
    return;
  }
}
