/** `node scripts/spec/rules-table.ts`: writes the table of judgements into docs/spec-changes.md again. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rules, type Judgement, type Rule } from './diff/rules.ts';
import { repository } from './read-document.ts';

export const page = path.join(repository, 'docs/spec-changes.md');
const [begin, end] = ['<!-- judgements: begin -->', '<!-- judgements: end -->'];

/** The rules as a Markdown table. */
export function rulesTable(): string {
  const cell = (judgement: Judgement | undefined) =>
    judgement === undefined ? '' : `**${judgement.level}**: ${judgement.because}`;
  const rows = Object.values<Rule>(rules).map(({ what, request, response }) =>
    response === undefined
      ? `| ${what} | ${cell(request)} | the same |`
      : `| ${what} | ${cell(request)} | ${cell(response)} |`,
  );
  return ['| change | in a request | in an answer |', '|---|---|---|', ...rows].join('\n');
}

/** The page with the table between its markers. */
export function withTable(text: string): string {
  const [before, rest] = text.split(begin, 2);
  const after = rest?.split(end, 2)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table.`);
  return `${before}${begin}\n\n${rulesTable()}\n\n${end}${after}`;
}

if (import.meta.main) writeFileSync(page, withTable(readFileSync(page, 'utf8')));
