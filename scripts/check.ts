/**
 * Runs all that CI runs, quick things first, and ends with one line that adds up every test runner:
 *
 *     N passed, N failed
 *
 * A step that fails does not hide the ones after it. Exits 1 when a step or a test failed.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { findTestedFolders, readReports } from './test-reports.ts';

const steps = {
  format: 'oxfmt --check',
  // Before anything regenerates them.
  'generated files': 'node scripts/turbo.ts run generate:check --continue --output-logs=errors-only',
  build: 'node scripts/turbo.ts run build --output-logs=errors-only',
  // Reads the types that the build has made.
  lint: 'oxlint --type-aware --deny-warnings',
  'packages and their tests': 'node scripts/turbo.ts run lint typecheck package:check test --continue',
  changesets: 'node scripts/spec/spec-changeset.ts --check',
  'documents and scripts': 'pnpm --dir scripts run check',
};

// A report of an earlier run must not stand in for a runner that crashed. Turborepo restores those of cached runs.
for (const folder of findTestedFolders('.')) rmSync(`${folder}/test-results`, { recursive: true, force: true });

const failedSteps = Object.entries(steps).filter(([name, command]) => {
  console.log(`\n── ${name}: ${command}`);
  const [program = '', ...args] = command.split(' ');
  const { status } = spawnSync(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  return status !== 0;
});

const totals = readReports('.');
console.log('');
for (const line of totals.lines) console.log(line);
for (const [name] of failedSteps) console.log(`failed: ${name}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = failedSteps.length > 0 || totals.failed > 0 ? 1 : 0;
