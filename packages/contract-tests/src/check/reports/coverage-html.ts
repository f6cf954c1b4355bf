import type { Coverage, Sides } from '../../suite/coverage.ts';
import { describeAnswers, listSides } from '../../suite/coverage-summary.ts';
import { escapeMarkup, writePage } from './markup.ts';

/** Rules of the page that the section needs; `--good` and `--line` are the page's. */
export const coverageStyle = `
  .coverage { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; }
  .coverage :is(th, td) { text-align: right; font-weight: normal; padding: .25rem .6rem; border-bottom: 1px solid var(--line); }
  .coverage :is(th, td):first-child { text-align: left; padding-left: 0; }
  .coverage thead th { color: color-mix(in srgb, currentColor 65%, transparent); }
  .coverage .zero { color: color-mix(in srgb, currentColor 40%, transparent); }
  .coverage meter { width: 6rem; }
  .coverage-lists details { padding-left: 1rem; }
`;

/** Writes what of the document was exercised: a table to see at a glance, and the lists of what was not, folded. */
export function writeCoverage(coverage: Coverage): string {
  const sides = listSides(coverage);
  const rules = (['requests', 'answers'] as const).flatMap((side) =>
    Object.entries(coverage.rules[side]).map(([keyword, of]) => ({ name: `${keyword} in ${side}`, sides: of })),
  );
  const { operations, statuses, mediaTypes } = coverage;
  return `<details class="coverage-lists">
<summary><b>Coverage</b> <span>${describeAnswers(coverage)}</span></summary>
${writeTable(sides)}
<p>A rule is kept by a request that was accepted, and broken by one that was refused for it; in answers, by what came.</p>
${writeList('Operations that did not answer', operations.unseen)}
${writeList('Statuses that did not come', statuses.unseen)}
${writeList('Media types that did not come', mediaTypes.unseen)}
${sides.map(({ name, sides: of }) => writeLists(name, of)).join('')}
<details><summary>By keyword</summary>
${writeTable(rules)}
</details>
</details>`;
}

/** The same as a page of its own. */
export function writeCoveragePage(title: string, coverage: Coverage): string {
  const content = `<h1>${escapeMarkup(title)}</h1>\n${writeCoverage(coverage).replace('<details', '<details open')}`;
  return writePage(title, coverageStyle, content);
}

function writeTable(rows: { name: string; sides: Sides }[]): string {
  const cell = (count: number): string => `<td${count === 0 ? ' class="zero"' : ''}>${count}</td>`;
  const lines = rows.map(({ name, sides: { of, both, onlyKept, onlyBroken, unseen } }) => {
    const share = `<td><meter value="${both}" max="${Math.max(of, 1)}">${both} of ${of}</meter></td>`;
    const counts = [of, both, onlyKept.length, onlyBroken.length, unseen.length].map(cell).join('');
    return `<tr><th scope="row">${escapeMarkup(name)}</th>${counts}${share}</tr>`;
  });
  const heads = ['', 'in all', 'kept and broken', 'only kept', 'only broken', 'never met', ''];
  return `<table class="coverage">
<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table>`;
}

function writeLists(name: string, { unseen, onlyKept, onlyBroken }: Sides): string {
  return [
    writeList(`${name}: never met`, unseen),
    writeList(`${name}: only kept`, onlyKept),
    writeList(`${name}: only broken`, onlyBroken),
  ].join('');
}

function writeList(title: string, names: string[]): string {
  if (names.length === 0) return '';
  const heading = title.charAt(0).toUpperCase() + title.slice(1);
  return `<details><summary>${escapeMarkup(heading)} <span>${names.length}</span></summary>
<pre>${escapeMarkup(names.join('\n'))}</pre>
</details>
`;
}
