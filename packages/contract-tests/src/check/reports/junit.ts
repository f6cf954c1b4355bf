import { isBad, type Report } from '../report.ts';
import { escapeMarkup } from './markup.ts';

/** Writes a report as JUnit XML, which CI systems read: one suite an operation. */
export function writeJUnit(report: Report): string {
  const suites = [...Map.groupBy(report.results, ({ operationId }) => operationId ?? 'routing')].map(
    ([name, results]) => {
      const cases = results.map((result) => {
        const inner = isBad(report, result)
          ? `<failure message="${escapeMarkup(result.problems[0] ?? 'not there')}">${escapeMarkup(
              [...result.problems, result.curl ?? '', result.received ?? ''].join('\n'),
            )}</failure>`
          : result.outcome === 'passed'
            ? ''
            : `<skipped message="${escapeMarkup(result.problems[0] ?? report.expectedMissing[name] ?? '')}"/>`;
        const time = (result.durationMs / 1_000).toFixed(3);
        return `    <testcase classname="${escapeMarkup(name)}" name="${escapeMarkup(result.title)}" time="${time}">${inner}</testcase>`;
      });
      const failures = results.filter((result) => isBad(report, result)).length;
      const skipped = results.filter((result) => result.outcome !== 'passed' && !isBad(report, result)).length;
      const counts = `tests="${results.length}" failures="${failures}" skipped="${skipped}"`;
      return `  <testsuite name="${escapeMarkup(name)}" ${counts}>\n${cases.join('\n')}\n  </testsuite>`;
    },
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="humanloop-contract">\n${suites.join('\n')}\n</testsuites>\n`;
}
