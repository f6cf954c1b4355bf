import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readReports } from '../test-reports.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reports-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, content: object): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
}

const withTests = { scripts: { test: 'vitest run' } };
const report = (passed: number, failed: number, files: object[] = []) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: files,
});

beforeEach(() => write('scripts/test-results/vitest.json', report(1, 0)));

test('the reports of the scripts and of all packages add up', () => {
  write('openapi/package.json', withTests);
  write('openapi/test-results/vitest.json', report(3, 1));
  write('packages/b/package.json', withTests);
  write('packages/b/test-results/vitest.json', report(4, 0));
  write('packages/without-tests/package.json', {});
  expect(readReports(root)).toEqual({
    passed: 8,
    failed: 1,
    lines: ['openapi: 3 passed, 1 failed', 'packages/b: 4 passed, 0 failed', 'scripts: 1 passed, 0 failed'],
    failures: [],
  });
});

test('a package whose runner left no report counts as one failure', () => {
  write('packages/b/package.json', withTests);
  expect(readReports(root)).toMatchObject({ passed: 1, failed: 1 });
});

test('a file that failed before its first test counts as one failure', () => {
  write('packages/b/package.json', withTests);
  write(
    'packages/b/test-results/vitest.json',
    report(2, 0, [{ name: 'b.test.ts', status: 'failed', assertionResults: [] }]),
  );
  expect(readReports(root)).toMatchObject({ passed: 3, failed: 1 });
});

test('each failed test is named with what it says, without its stack and the values it compared', () => {
  write('packages/b/package.json', withTests);
  const failed = (fullName: string, message: string) => ({ fullName, status: 'failed', failureMessages: [message] });
  write(
    'packages/b/test-results/vitest.json',
    report(0, 3, [
      {
        name: join(root, 'packages/b/test/b.test.ts'),
        status: 'failed',
        assertionResults: [
          failed(
            'one',
            "AssertionError: Sessions_get is gone: expected [ 'x' ] to deeply equal []\n    at b.test.ts:3:4",
          ),
          failed(
            'two',
            'AssertionError: first\nsecond: expected 1 to be 2 // Object.is equality\n    at b.test.ts:3:4',
          ),
          failed('three', 'AssertionError: expected 1 to be 2\n    at b.test.ts:3:4'),
        ],
      },
    ]),
  );
  expect(readReports(root).failures).toEqual([
    'packages/b/test/b.test.ts: one\n    Sessions_get is gone',
    'packages/b/test/b.test.ts: two\n    first\n    second',
    'packages/b/test/b.test.ts: three',
  ]);
});

test('a runner that left no report is named', () => {
  write('packages/b/package.json', withTests);
  expect(readReports(root).failures).toEqual(['packages/b: its tests did not run, or not to the end']);
});
