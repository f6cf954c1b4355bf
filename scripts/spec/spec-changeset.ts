/**
 * `pnpm spec:changeset`: writes the changeset that the change of the document since the last release demands.
 *
 * - `--check`: writes nothing; exits 1 when the pending changesets say less than the change demands.
 * - `--force`: writes the words again where a changeset of an earlier run is there.
 * - `--base <file or revision>`: compares with that in place of the last release.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkChangesets } from './check-changesets.ts';
import { describeUpgrade } from './describe-upgrade.ts';
import { compareDocuments } from './diff/compare-documents.ts';
import { judgementOf, summary } from './diff/report.ts';
import { highest, type Level } from './diff/rules.ts';
import { demandedLevel, packages, readWrittenLevels, type PackageName } from './pending-changesets.ts';
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
  if (changes.length > 0) write(judgementOf(changes), describeUpgrade(base, revision, changes), values.force === true);
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

/** Writes the changeset. The words of one that is there stay, since a person may have edited them. */
function write(judgement: Level, words: string, force: boolean): void {
  const known = existsSync(file) && !force ? readFileSync(file, 'utf8') : undefined;
  const header = packages.map((name) => `'${name}': ${demandedLevel(name, judgement)}`).join('\n');
  const body = known?.replace(/^---\r?\n.*?\r?\n---\r?\n/s, '').trim() ?? words;
  writeFileSync(file, `---\n${header}\n---\n\n${body}\n`);
  const name = path.relative(process.cwd(), file);
  if (known === undefined) console.log(`Wrote ${name}. Edit its words as you like.`);
  else console.log(`Set ${name} to ${judgement}; its words are kept (--force writes them again).`);
}
