import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { highest, type Level } from './diff/rules.ts';
import { demandedLevel, packages, readFrontMatter } from './pending-changesets.ts';

/** What writing did, for the person who asked for it. */
export type Outcome = 'written' | 'kept' | 'removed' | 'none';

/**
 * Writes the changeset of the document. Words that a person has edited stay, and so do bumps that they raised; what
 * nobody has touched is written again.
 *
 * @param file - `.changeset/document.md`.
 * @param judgement - of the whole change; `none` removes a changeset that nobody has edited.
 * @param words - for whoever upgrades.
 * @param force - whether to write over edited words too.
 */
export function writeDocumentChangeset(file: string, judgement: Level, words: string, force = false): Outcome {
  const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const edited = known !== undefined && !force && isEdited(known) ? known : undefined;
  if (judgement === 'none') {
    if (known === undefined) return 'none';
    if (edited !== undefined) return 'kept';
    rmSync(file);
    return 'removed';
  }
  const written = readFrontMatter(edited ?? '');
  const levels = packages.map((name) => {
    return `'${name}': ${highest([demandedLevel(name, judgement), written[name] ?? 'none'])}`;
  });
  // A comment in YAML, so that it does not reach the changelogs.
  const stamp = edited === undefined ? [`# ${stampOf(words)}: as written by \`pnpm spec:changeset\``] : [];
  const body = edited === undefined ? words : wordsOf(edited);
  writeFileSync(file, `---\n${[...stamp, ...levels].join('\n')}\n---\n\n${body}\n`);
  return edited === undefined ? 'written' : 'kept';
}

function isEdited(changeset: string): boolean {
  return !changeset.includes(`# ${stampOf(wordsOf(changeset))}`);
}

function wordsOf(changeset: string): string {
  return changeset.replace(/^---\r?\n.*?\r?\n---\r?\n/s, '').trim();
}

/** Tells whether words are still the same, however they are wrapped. */
function stampOf(words: string): string {
  return createHash('sha256').update(words.replaceAll(/\s+/g, ' ').trim()).digest('hex').slice(0, 12);
}
