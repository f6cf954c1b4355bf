import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeCoveragePage } from '../src/check/reports/coverage-html.ts';
import { describeCoverage } from '../src/suite/coverage-summary.ts';
import { explain, listHoles, type Exception } from './coverage-holes.ts';
import { coverageParts, keepSum, readSum, type CoverageSum } from './coverage-parts.ts';

const file = path.join(import.meta.dirname, 'coverage-exceptions.yaml');
const exceptions = parse(readFileSync(file, 'utf8')) as Record<CoverageSum, Exception[]>;

describe.each(Object.keys(coverageParts) as CoverageSum[])('what the %s covers', (sum) => {
  const coverage = readSum(sum);
  const { unexplained, needless, explained } = explain(listHoles(coverage), exceptions[sum]);
  keepSum(sum, coverage, writeCoveragePage(`Coverage of the ${sum}`, coverage), explained);
  process.stdout.write(`\nThe ${sum}. ${describeCoverage(coverage)}\n`);

  it('is everything but what coverage-exceptions.yaml explains', () => {
    const what = `No test sees these; test them, or say in coverage-exceptions.yaml why not:\n${unexplained.join('\n')}`;
    expect(unexplained, what).toEqual([]);
  });

  it('is nothing that coverage-exceptions.yaml still explains', () => {
    const what = `These lines of coverage-exceptions.yaml explain nothing, so they can go:\n${needless.join('\n')}`;
    expect(needless, what).toEqual([]);
  });
});

it('the client suite has met every operation, status and media type', () => {
  const { operations, statuses, mediaTypes } = readSum('client suite');
  expect([...operations.unseen, ...statuses.unseen, ...mediaTypes.unseen]).toEqual([]);
});
