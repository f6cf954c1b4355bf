import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Coverage } from '../src/suite/coverage.ts';
import { mergeCoverage } from '../src/suite/coverage-merge.ts';

/** Which test files have exercised something, for each of the two sums. */
export const coverageParts = {
  'client suite': ['client-mock', 'verdicts', 'wire'],
  kit: ['check', 'broken-answers'],
} as const;

export type CoverageSum = keyof typeof coverageParts;
export type CoveragePart = (typeof coverageParts)[CoverageSum][number];

export interface Explained {
  reason: string;
  /** The lines that an entry covers. */
  holes: string[];
}

const folder = path.join(import.meta.dirname, '../test-results/coverage');

/** Forgets the parts of the last run, so that none stands in for one that did not run. */
export function clearParts(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Test files run in processes of their own, so each leaves what it has covered in a file. */
export function keepPart(part: CoveragePart, coverage: Coverage): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${part}.json`), JSON.stringify(coverage));
}

/** @throws when a part did not run. */
export function readSum(sum: CoverageSum): Coverage {
  const there = new Set(readdirSync(path.dirname(folder)).includes('coverage') ? readdirSync(folder) : []);
  const missing = coverageParts[sum].filter((part) => !there.has(`${part}.json`));
  if (missing.length > 0) throw new Error(`Run all tests: there is no coverage of ${missing.join(', ')}.`);
  return coverageParts[sum]
    .map((part) => JSON.parse(readFileSync(path.join(folder, `${part}.json`), 'utf8')) as Coverage)
    .reduce(mergeCoverage);
}

/** Keeps a sum for people and machines, and what of it the exceptions explain. */
export function keepSum(sum: CoverageSum, coverage: Coverage, html: string, explained: Explained[]): void {
  const name = path.join(folder, sum.replace(' ', '-'));
  const text = explained.map(
    ({ reason, holes }) => `${holes.length}  ${reason}\n${holes.map((hole) => `  ${hole}\n`).join('')}`,
  );
  writeFileSync(`${name}.sum.json`, JSON.stringify(coverage, null, 1));
  writeFileSync(`${name}.html`, html);
  writeFileSync(`${name}.exceptions.txt`, text.join('\n'));
}
