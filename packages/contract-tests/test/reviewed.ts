import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';

/**
 * Gives a text back that is to match its file, and says before of which operations or schemas it differs: the whole
 * difference of a changed document is thousands of lines, which are read best in the diff of the file.
 *
 * @param file - its name in the folder `verdicts`.
 * @throws {Error} when it differs, and the files are not being written anew.
 */
export function reviewed(text: string, file: string): string {
  const target = path.join(import.meta.dirname, 'verdicts', file);
  const changed =
    inject('updatesVerdicts') || !existsSync(target) ? [] : changedParts(readFileSync(target, 'utf8'), text);
  if (changed.length === 0) return text;
  const command = '`pnpm --filter @humanloop-v4/contract-tests test -u`';
  throw new Error(`Write ${file} anew with ${command}, and review its diff. It changes for:\n${changed.join(', ')}`);
}

/** What the changed lines are about: `Chats_create`, `POST /chat`, `ChatRequest`. */
export function changedParts(before: string, after: string): string[] {
  const [was, is] = [readParts(before), readParts(after)];
  const names = new Set([...was.keys(), ...is.keys()]);
  return [...names].flatMap((name) => {
    if (was.get(name) === is.get(name)) return [];
    return [`${name}${was.has(name) ? (is.has(name) ? '' : ' (gone)') : ' (new)'}`];
  });
}

/** The lines of each part, by its name. A part is a block with indented lines, or all lines that begin alike. */
function readParts(text: string): Map<string, string> {
  const parts = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    const [first = '', second = '', third = ''] = line.split(' ');
    if (first === 'paths') name = `${third.toUpperCase()} ${second}`;
    else if (first === 'components') name = third;
    else if (first !== '') name = first;
    parts.set(name, `${parts.get(name) ?? ''}${line}\n`);
  }
  return parts;
}
