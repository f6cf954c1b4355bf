/**
 * Runs all that CI runs, quick things first, and ends with what failed, one entry for each test and each line of a tool
 * that names a place, and with one line that adds up every test runner:
 *
 *     N passed, N failed
 *
 * A step that fails does not hide the ones after it. Exits 1 when a step or a test failed.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { groupProblems, readProblems } from './problems.ts';
import { findTestedFolders, readReports } from './test-reports.ts';

/** What can run although something else failed does run. */
const goOn = '--continue=dependencies-successful';

const steps = {
  format: 'oxfmt --check',
  // Before anything regenerates them.
  'generated files': `node scripts/turbo.ts run generate:check ${goOn} --output-logs=errors-only`,
  build: `node scripts/turbo.ts run build ${goOn} --output-logs=errors-only`,
  // Reads the types that the build has made.
  lint: 'oxlint --type-aware --deny-warnings',
  'packages and their tests': `node scripts/turbo.ts run lint typecheck package:check test ${goOn}`,
  changesets: 'node scripts/spec/spec-changeset.ts --check',
  'types of the scripts': 'pnpm --dir scripts run check:types',
  'documents and scripts': 'pnpm --dir scripts run check:tests',
};

// A report of an earlier run must not stand in for a runner that crashed. Turborepo restores those of cached runs.
for (const folder of findTestedFolders('.')) rmSync(`${folder}/test-results`, { recursive: true, force: true });

const failedSteps: string[] = [];
const problems: string[] = [];
for (const [name, command] of Object.entries(steps)) {
  console.log(`\n── ${name}: ${command}`);
  const { status, output } = await run(command);
  if (status === 0) continue;
  failedSteps.push(name);
  problems.push(...readProblems(output, command.includes('--dir scripts') ? 'scripts/' : ''));
}

const totals = readReports('.');
// TypeScript has named the lines of a failed test of types already.
const isNamed = (failure: string) =>
  problems.some((problem) => /^\S+\.test-d\.ts:/.exec(problem)?.[0] === /^\S+/.exec(failure)?.[0]);
// And the call in a test that cannot be made.
const isCompiled = (failure: string) =>
  / is not a function$/m.test(failure) && problems.some((problem) => problem.split(':')[0] === failure.split(':')[0]);
const failures = [
  ...new Set([
    ...groupProblems(problems),
    ...totals.failures.filter((failure) => !isNamed(failure) && !isCompiled(failure)),
  ]),
];
if (failures.length > 0) console.log(`\n── what failed\n${failures.join('\n')}`);
console.log('');
for (const line of totals.lines) console.log(line);
for (const name of failedSteps) console.log(`failed: ${name}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = failedSteps.length > 0 || totals.failed > 0 ? 1 : 0;

/** Runs a command; shows what it prints while it runs, and returns it. */
async function run(command: string): Promise<{ status: number | null; output: string }> {
  const [program = '', ...args] = command.split(' ');
  const child = spawn(program, args, {
    stdio: ['inherit', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    // A pipe is no terminal, but what comes through it goes to one.
    env: { ...(process.stdout.isTTY && process.env['NO_COLOR'] === undefined && { FORCE_COLOR: '1' }), ...process.env },
  });
  let output = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      process[stream].write(chunk);
      output += chunk.toString();
    });
  }
  return await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve({ status, output }));
  });
}
