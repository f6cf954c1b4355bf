import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What all test runners of the workspace said together. */
export interface Totals {
  passed: number;
  failed: number;
  /** One line a runner, for people. */
  lines: string[];
}

/** The part of Vitest's JSON report that is read here. */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
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
  const totals: Totals = { passed: 0, failed: 0, lines: [] };
  for (const folder of findTestedFolders(root)) {
    const { passed, failed } = readReport(join(root, folder, 'test-results/vitest.json'));
    totals.passed += passed;
    totals.failed += failed;
    totals.lines.push(`${folder}: ${passed} passed, ${failed} failed`);
  }
  return totals;
}

function readReport(file: string): { passed: number; failed: number } {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles };
}
