import { countOutcomes, isBad, type CheckResult, type Report } from '../report.ts';
import { coverageStyle, writeCoverage } from './coverage-html.ts';
import { escapeMarkup, writePage } from './markup.ts';

const style = `
  .counts { display: flex; gap: 1.5rem; flex-wrap: wrap; padding: 0; list-style: none; }
  .counts b { font-size: 1.6rem; display: block; line-height: 1.2; }
  ul.results { padding-left: 1.2rem; }
  .failed, .bad { color: var(--bad); }
  .good { color: var(--good); }
`;

/** Writes a report as one page that needs nothing else: operations with faults first, each with the request to repeat. */
export function writeHtml(report: Report): string {
  const groups = [...Map.groupBy(report.results, ({ operationId }) => operationId ?? 'Routing')];
  const faulty = groups.filter(([, results]) => results.some((result) => isBad(report, result)));
  const sound = groups.filter((group) => !faulty.includes(group));
  const { passed, failed, missing, skipped } = countOutcomes(report);
  const verdict = faulty.length === 0 ? 'keeps the contract' : `breaks the contract in ${faulty.length} operations`;
  const content = `<h1>${escapeMarkup(report.target)} <span class="${faulty.length === 0 ? 'good' : 'bad'}">${verdict}</span></h1>
<p>Checked ${report.mode} in ${(report.durationMs / 1_000).toFixed(1)} s against the OpenAPI document of the Humanloop API v4 (unofficial).</p>
<ul class="counts">
  <li><b class="good">${passed}</b> passed</li>
  <li><b class="bad">${failed}</b> failed</li>
  <li><b>${missing}</b> missing</li>
  <li><b>${skipped}</b> skipped</li>
</ul>
${writeCoverage(report.coverage)}
${[...faulty, ...sound].map(([name, results]) => writeGroup(report, name, results)).join('\n')}`;
  return writePage(`Contract of ${report.target}`, style + coverageStyle, content);
}

function writeGroup(report: Report, name: string, results: CheckResult[]): string {
  const bad = results.filter((result) => isBad(report, result));
  const rest = results.filter((result) => !bad.includes(result));
  const count =
    bad.length > 0
      ? `<b class="bad">${bad.length} of ${results.length} failed</b>`
      : `<span>${results.length} tried</span>`;
  const items = [...bad, ...rest].map((result) => writeResult(report, name, result)).join('\n');
  return `<details${bad.length > 0 ? ' open' : ''}>
<summary><b>${escapeMarkup(name)}</b> ${count}</summary>
<ul class="results">
${items}
</ul>
</details>`;
}

function writeResult(report: Report, name: string, result: CheckResult): string {
  const { outcome, title, problems, curl, received } = result;
  const reason =
    outcome === 'missing' ? (report.expectedMissing[name] ?? 'the server does not have it') : problems.join('\n');
  const note = reason && !isBad(report, result) ? ` <span>(${outcome}: ${escapeMarkup(reason)})</span>` : '';
  if (!isBad(report, result)) return `<li>${escapeMarkup(title)}${note}</li>`;
  return `<li class="failed">${escapeMarkup(title)}
<pre>${escapeMarkup(reason)}</pre>
${curl === null ? '' : `Request<pre>${escapeMarkup(curl)}</pre>`}${received === null ? '' : `Received<pre>${escapeMarkup(received)}</pre>`}</li>`;
}
