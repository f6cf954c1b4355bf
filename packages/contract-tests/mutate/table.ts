import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Result } from './mutant.ts';

const readme = path.join(import.meta.dirname, '../README.md');

/**
 * Writes the score of one side into its row of the README, and subjects and kinds, with who noticed them, into `docs/`.
 *
 * @param planned - number of the mutants that there are.
 * @param places - in how many places each kind was tried, at most.
 */
export function writeScore(
  side: Result['side'],
  results: readonly Result[],
  planned: number,
  judges: readonly string[],
  places: string,
): void {
  const text = readFileSync(readme, 'utf8');
  const row = new RegExp(`^\\| the ${side} \\|.*$`, 'm');
  if (!row.test(text)) throw new Error(`README.md lacks the row of the ${side} in its table of mutations.`);
  writeFileSync(
    readme,
    text.replace(row, () => describeSide(side, results, judges)),
  );
  const docs = path.join(import.meta.dirname, `../docs/mutations-of-the-${side}.md`);
  writeFileSync(docs, describeKinds(side, results, planned, judges, places));
}

function describeSide(side: string, results: readonly Result[], judges: readonly string[]): string {
  const kinds = new Set(results.map(({ kind }) => kind)).size;
  const killed = results.filter(({ verdict }) => verdict).length;
  const cells = [`the ${side}`, kinds, results.length, killed, countJudges(results, judges), results.length - killed];
  return `| ${cells.join(' | ')} |`;
}

function countJudges(results: readonly Result[], judges: readonly string[]): string {
  return judges
    .map((judge) => [judge, results.filter(({ verdict }) => verdict?.judge === judge).length] as const)
    .filter(([, count]) => count > 0)
    .map(([judge, count]) => `${judge} ${count}`)
    .join(', ');
}

/** A line for each subject: kinds, mutants, and how many each judge noticed first. */
export function summarize(results: readonly Result[], judges: readonly string[]): string {
  const used = judges.filter((judge) => results.some(({ verdict }) => verdict?.judge === judge));
  const row = (name: string, of: readonly Result[]): string => {
    const kinds = new Set(of.map(({ kind }) => kind)).size;
    const noticed = used.map((judge) => of.filter(({ verdict }) => verdict?.judge === judge).length);
    return `| ${[name, kinds, of.length, ...noticed, of.filter(({ verdict }) => !verdict).length].join(' | ')} |`;
  };
  const subjects = Map.groupBy(results, ({ subject }) => subject);
  return [
    `| subject | kinds | mutants | ${used.join(' | ')} | survived |`,
    `|---|${'---|'.repeat(used.length + 3)}`,
    ...[...subjects].map(([subject, of]) => row(subject, of)),
    row('**all**', results),
  ].join('\n');
}

function describeKinds(
  side: string,
  results: readonly Result[],
  planned: number,
  judges: readonly string[],
  places: string,
): string {
  const kinds = Map.groupBy(results, ({ kind }) => kind);
  const lines = [...kinds].map(([kind, of]) => {
    const killed = of.filter(({ verdict }) => verdict).length;
    const reasons = new Set(of.flatMap(({ reason }) => (reason ? [`lives: ${reason}`] : [])));
    const by = of.find(({ verdict }) => verdict)?.verdict?.by ?? '';
    const who = [countJudges(of, judges), ...reasons].filter((text) => text !== '').join('; ');
    return `| ${[kind, of.length, killed, who, by].map(escape).join(' | ')} |`;
  });
  return `# Mutations of the ${side}

Written by \`pnpm mutate --${side}\`, each kind ${places}: ${results.length} mutants of ${planned} in the time
given. A judge counts what it noticed first; they are asked from left to right.

${summarize(results, judges)}

| kind | mutants | noticed | by | such as |
|---|---|---|---|---|
${lines.join('\n')}
`;
}

function escape(text: string | number): string {
  return String(text)
    .replaceAll('|', String.raw`\|`)
    .replaceAll('<', '&lt;');
}

/** For the terminal: a line for each kind. */
export function listKinds(results: readonly Result[]): string {
  const kinds = Map.groupBy(results, ({ kind }) => kind);
  return [...kinds]
    .map(([kind, of]) => {
      const byJudge = Map.groupBy(of, ({ verdict, reason }) => verdict?.judge ?? (reason ? 'explained' : 'SURVIVED'));
      const counts = [...byJudge].map(([judge, { length }]) => `${judge} ${length}`);
      return `${kind.padEnd(52)} ${String(of.length).padStart(2)} places: ${counts.join(', ')}`;
    })
    .join('\n');
}
