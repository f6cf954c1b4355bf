/**
 * `pnpm spec:changeset`: writes the changeset that the change of the document since the last release demands.
 *
 * - `--check`: writes nothing; exits 1 when the pending changesets say less than the change demands.
 * - `--force`: writes the words again where somebody has edited those of an earlier run.
 * - `--base <file or revision>`: compares with that in place of the last release.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkChangesets } from './check-changesets.ts';
import { describeUpgrade } from './describe-upgrade.ts';
import { compareDocuments } from './diff/compare-documents.ts';
import { judgementOf, summary } from './diff/report.ts';
import { highest, type Level } from './diff/rules.ts';
import { writeDocumentChangeset } from './document-changeset.ts';
import { packages, readWrittenLevels, type PackageName } from './pending-changesets.ts';
import { ourDocument, readDocument, repository, UsageError } from './read-document.ts';
import { levelBetween, neverReleased, newestReleased, newestReleaseTag } from './released.ts';
import { runCommand } from './run-command.ts';

const folder = path.join(repository, '.changeset');
const file = path.join(folder, 'document.md');

await runCommand(async (args) => {
  const { values } = parseArgs({
    args,
    options: { check: { type: 'boolean' }, force: { type: 'boolean' }, base: { type: 'string' } },
  });
  const baseName = values.base ?? newestReleaseTag();
  if (baseName === undefined) {
    console.log(`${neverReleased} Its first release needs no changeset.`);
    return;
  }
  const base = await readDocument(baseName);
  const revision = await readDocument(path.join(repository, ourDocument));
  const changes = compareDocuments(base, revision);
  console.log(`${baseName} → the working tree · ${summary(changes)}`);
  if (values.check) {
    const problems = checkChangesets(changes, writtenLevels());
    if (problems.length === 0) return;
    throw new UsageError([...problems, 'Run `pnpm spec:changeset`, and edit its words.'].join('\n'));
  }
  write(judgementOf(changes), describeUpgrade(base, revision, changes), values.force === true);
});

/**
 * What the pending changesets write, and what `changeset version` has turned into versions already: between that and the
 * release, no changeset is pending.
 */
function writtenLevels(): Record<PackageName, Level> {
  const pending = readWrittenLevels(folder);
  const entries = packages.map((name) => {
    const manifest = path.join(repository, packageFolder(name), 'package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const released = newestReleased(name);
    return [name, highest([pending[name], released === undefined ? 'none' : levelBetween(released, version)])];
  });
  return Object.fromEntries(entries) as Record<PackageName, Level>;
}

function packageFolder(name: PackageName): string {
  const short = name.replace('@humanloop-v4/', '');
  return short === 'openapi' ? short : `packages/${short}`;
}

function write(judgement: Level, words: string, force: boolean): void {
  const outcome = writeDocumentChangeset(file, judgement, words, force);
  const name = path.relative(process.cwd(), file);
  if (outcome === 'written') console.log(`Wrote ${name}. Edit its words as you like.`);
  if (outcome === 'removed') console.log(`Removed ${name}: what it told of was undone.`);
  if (outcome !== 'kept') return;
  if (judgement === 'none') {
    console.log(`${name} tells of a change that was undone, and was edited. Delete it if nothing is left of it.`);
    return;
  }
  const text = readFileSync(file, 'utf8');
  const missing = words.split('\n').filter((line) => line.startsWith('- ') && !text.includes(line));
  console.log(`Set ${name} to ${judgement}. Its words were edited, and are kept (--force writes them again).`);
  if (missing.length > 0) console.log(`See that it also says:\n${missing.join('\n')}`);
}
