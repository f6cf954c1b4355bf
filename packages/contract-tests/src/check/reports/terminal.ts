import { describeCoverage } from '../../suite/coverage-summary.ts';
import { countOutcomes, isBad, type CheckResult, type Report } from '../report.ts';

/** One line for a result that is worth one while the check runs; null for those that passed. */
export function describeResult({ outcome, operationId, title, problems }: CheckResult): string | null {
  if (outcome === 'passed') return null;
  const mark = { failed: '✗', missing: '?', skipped: '-' }[outcome];
  const reason = problems.length > 0 ? `\n    ${problems.join('\n    ')}` : '';
  return `${mark} ${operationId ?? 'routing'}: ${outcome === 'missing' ? 'not there' : title}${reason}`;
}

/** What a person reads at the end: the requests to repeat, and the counts. */
export function writeSummary(report: Report): string {
  const bad = report.results.filter((result) => isBad(report, result));
  const again = [...new Set(bad.map(({ curl }) => curl).filter((curl) => curl !== null))].slice(0, 5);
  const { passed, failed, missing, skipped } = countOutcomes(report);
  const seconds = (report.durationMs / 1_000).toFixed(1);
  return [
    ...(again.length > 0
      ? ['', 'To see it again, with HUMANLOOP_API_KEY set:', ...again.map((curl) => `  ${curl}`), '']
      : []),
    `${report.target} (${report.mode}): ${passed} passed, ${failed} failed, ${missing} missing, ${skipped} skipped in ${seconds} s`,
    describeCoverage(report.coverage),
    '',
  ].join('\n');
}
