import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** How much of a message is shown, in lines and characters. */
const maxLines = 30;
const maxLineLength = 600;

/** What all test runners of the workspace said together. */
export interface Totals {
  passed: number;
  failed: number;
  /** One line a runner, for people. */
  lines: string[];
  /** Each failed test, with the folder and file it is in and the first words of its message. */
  failures: string[];
}

/** The part of Vitest's JSON report that is read here. */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
  }[];
}

/**
 * Folders with a Vitest run of their own: this one, and each package with a `test` script.
 *
 * @param root - folder of the workspace.
 */
export function findTestedFolders(root: string): string[] {
  const packages = globSync(['openapi/package.json', 'packages/*/package.json'], { cwd: root }).filter((manifest) => {
    const { scripts } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as { scripts?: { test?: string } };
    return scripts?.test !== undefined;
  });
  return [...packages.map((manifest) => dirname(manifest)).toSorted(), 'scripts'];
}

/**
 * Adds up the reports of all test runners.
 *
 * A file that failed before its first test counts as one failed test, and so does a runner that left no report: what
 * did not run did not pass.
 *
 * @param root - folder of the workspace.
 */
export function readReports(root: string): Totals {
  const totals: Totals = { passed: 0, failed: 0, lines: [], failures: [] };
  for (const folder of findTestedFolders(root)) {
    const { passed, failed, failures } = readReport(join(root, folder), folder);
    totals.passed += passed;
    totals.failed += failed;
    totals.failures.push(...failures);
    totals.lines.push(`${folder}: ${passed} passed, ${failed} failed`);
  }
  return totals;
}

function readReport(root: string, folder: string): { passed: number; failed: number; failures: string[] } {
  const file = join(root, 'test-results/vitest.json');
  if (!existsSync(file))
    return { passed: 0, failed: 1, failures: [`${folder}: its tests did not run, or not to the end`] };
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  const place = (name: string) => `${folder}/${relative(root, resolve(root, name))}`;
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => `${place(name)}: ${fullName}${firstWords(failureMessages?.[0] ?? '')}`),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    failures: [...failures, ...brokenFiles.map(({ name, message = '' }) => `${place(name)}${firstWords(message)}`)],
  };
}

/** What a message says before the stack and the values that were compared, on lines of their own. */
function firstWords(message: string): string {
  const words = message
    .replace(/^\w*(Error|Exception): /, '')
    .split(/\n\s+at |\n\n- Expected/)[0]
    ?.replace(/(^|: )expected [^]* to (deeply |strictly )?(equal|be|match|have|contain|include)\b[^]*$/, '')
    .trim();
  if (words === undefined || words === '') return '';
  const lines = words.split('\n');
  const shown =
    lines.length > maxLines ? [...lines.slice(0, maxLines), `… and ${lines.length - maxLines} more`] : lines;
  return shown.map((line) => `\n    ${line.trim().slice(0, maxLineLength)}`).join('');
}
