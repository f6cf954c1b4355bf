import path from 'node:path';
import { runRedocly, withOurConfig } from '../src/redocly.ts';

export interface Problem {
  rule: string;
  /** Its path on this machine. */
  file: string;
  line: number;
  message: string;
}

/** The part of Redocly's JSON report that is read here. */
interface Report {
  problems: {
    ruleId: string;
    message: string;
    location: { source: { ref: string }; start: { line: number } }[];
  }[];
}

/** Lints documents with the rules of this package; `roots` are their root files. */
export async function lint(roots: string[]): Promise<Problem[]> {
  const { stdout, stderr } = await runRedocly([
    'lint',
    ...roots,
    '--format',
    'json',
    '--max-problems',
    '10000',
    ...withOurConfig,
  ]);
  if (!stdout.startsWith('{')) throw new Error(stderr || stdout);
  // One report after another, one for each document.
  const reports = stdout.split(/(?<=^\})\s*(?=\{)/m).map((report): Report => JSON.parse(report));
  return reports
    .flatMap(({ problems }) => problems)
    .map(({ ruleId, message, location: [place] }) => ({
      rule: ruleId,
      file: path.resolve(place?.source.ref ?? ''),
      line: place?.start.line ?? 0,
      message,
    }));
}
