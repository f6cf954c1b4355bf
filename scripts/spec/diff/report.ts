import type { Change } from './compare-documents.ts';
import { highest, type Direction, type Level } from './rules.ts';

const headings: Record<Exclude<Level, 'none'>, string> = {
  major: 'Major: code may stop working',
  minor: 'Minor: something new',
  patch: 'Patch: nothing to do',
};

const directions: Record<Direction, string> = { request: 'request', response: 'response', both: 'both' };

/** More operations than this are counted, not listed, in text for people. */
const listedOperations = 4;

/** The whole comparison as data. */
export function toJson(base: string, revision: string, changes: Change[]): string {
  return JSON.stringify({ base, revision, judgement: judgementOf(changes), changes }, undefined, 2);
}

/** The level of the release that the changes demand. */
export function judgementOf(changes: Change[]): Level {
  return highest(changes.map(({ level }) => level));
}

/**
 * Text for a terminal, the gravest last, where the eye is.
 *
 * @param colour - whether escape codes are wanted.
 */
export function toText(base: string, revision: string, changes: Change[], colour: boolean): string {
  const paint = (code: number, text: string) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const colours = { major: 31, minor: 33, patch: 32 };
  const lines = [`${base} → ${revision}`, ''];
  for (const level of ['patch', 'minor', 'major'] as const) {
    for (const change of changes.filter((candidate) => candidate.level === level)) {
      const { direction, place, message, because, instead } = change;
      lines.push(`${paint(colours[level], level)} · ${directions[direction]} · ${paint(1, place)}`);
      lines.push(`  ${sentence(message)} ${paint(2, sentence(because))}`);
      if (instead !== undefined) lines.push(`  ${sentence(instead)}`);
      const operations = listOperations(change);
      if (operations !== '') lines.push(paint(2, `  in ${operations}`));
      lines.push(paint(2, `  #${change.pointer}`));
    }
  }
  lines.push('', summary(changes));
  return lines.join('\n');
}

export function toMarkdown(base: string, revision: string, changes: Change[]): string {
  const lines = [`# ${base} → ${revision}`, '', summary(changes)];
  for (const level of ['major', 'minor', 'patch'] as const) {
    const some = changes.filter((change) => change.level === level);
    if (some.length === 0) continue;
    lines.push(
      '',
      `## ${headings[level]}`,
      '',
      '| where | direction | what | why | operations |',
      '|---|---|---|---|---|',
    );
    for (const change of some) {
      const what = sentence(change.message) + (change.instead === undefined ? '' : ` ${sentence(change.instead)}`);
      const cells = [
        change.place,
        directions[change.direction],
        what,
        sentence(change.because),
        listOperations(change),
      ];
      lines.push(`| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`);
    }
  }
  return lines.join('\n');
}

/** `major: 2 major, 1 minor, 0 patch`. */
export function summary(changes: Change[]): string {
  const count = (level: Level) => `${changes.filter((change) => change.level === level).length} ${level}`;
  if (changes.length === 0) return 'none: the documents are the same';
  return `${judgementOf(changes)}: ${count('major')}, ${count('minor')}, ${count('patch')}`;
}

function listOperations({ operations, place }: Change): string {
  // What the place says already need not be said again.
  const others = operations.filter((operation) => !place.startsWith(operation));
  if (others.length <= listedOperations) return others.join(', ');
  return `${others.slice(0, listedOperations - 1).join(', ')} and ${others.length - listedOperations + 1} more`;
}

/** Begins with a capital unless with code, and ends with a full stop. */
export function sentence(text: string): string {
  const capital = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
