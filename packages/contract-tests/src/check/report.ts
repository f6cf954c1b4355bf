import type { Coverage } from '../suite/coverage.ts';

/** One thing that was tried. */
export interface CheckResult {
  /** `Chats_create`; null for what belongs to no operation. */
  operationId: string | null;
  /** A fact that holds of a good server: `refuses a request without a key`. */
  title: string;
  /** `missing`: the server does not have the operation. `skipped`: nothing to try it with. */
  outcome: 'passed' | 'failed' | 'missing' | 'skipped';
  /** What is wrong, or why it was skipped; empty when it passed. */
  problems: string[];
  /** The last request, as a shell command without the key. */
  curl: string | null;
  /** Status, type and beginning of the last answer. */
  received: string | null;
  durationMs: number;
}

export interface Report {
  target: string;
  mode: 'read-only' | 'write';
  results: CheckResult[];
  /** Operations that were expected to be missing, with the reason. */
  expectedMissing: Record<string, string>;
  /** What of the document was exercised; 429 and 5xx cannot be asked for, so this is no verdict. */
  coverage: Coverage;
  durationMs: number;
}

/** Whether a result should fail a build: failures, and operations that are missing without a reason given. */
export function isBad(report: Report, { outcome, operationId }: CheckResult): boolean {
  return outcome === 'failed' || (outcome === 'missing' && !Object.hasOwn(report.expectedMissing, operationId ?? ''));
}

export function countOutcomes(report: Report): Record<CheckResult['outcome'], number> {
  const counts = { passed: 0, failed: 0, missing: 0, skipped: 0 };
  for (const { outcome } of report.results) counts[outcome] += 1;
  return counts;
}
