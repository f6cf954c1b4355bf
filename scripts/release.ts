/**
 * `pnpm release`: turns the pending changesets into versions and changelogs, commits them, and publishes what the
 * registry does not have yet. With nothing pending, as after the merge of a version pull request, it only publishes.
 *
 * Publishing makes the git tags; push them with the commit.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** Runs a command in the root; its failure ends the release. */
function run(command: string, ...args: string[]): void {
  console.log(`── ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

function isTreeClean(): boolean {
  return spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).stdout.trim() === '';
}

/** Says what is missing before anything is changed. */
function refuse(problem: string): never {
  console.error(problem);
  process.exit(1);
}

/** Whether the registry knows who publishes. A workflow signs in by its identity, and only when it publishes. */
function isSignedIn(): boolean {
  if (process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] !== undefined) return true;
  const { status } = spawnSync('npm', ['whoami'], { cwd: root, stdio: 'ignore', shell: process.platform === 'win32' });
  return status === 0;
}

/** Whether `changeset version` has something to do: changesets, or pre-releases whose mode was left. */
function isVersionDue(): boolean {
  const changesets = globSync('.changeset/*.md', { cwd: root }).filter((file) => !file.endsWith('README.md'));
  const preMode = path.join(root, '.changeset/pre.json');
  return changesets.length > 0 || (existsSync(preMode) && readFileSync(preMode, 'utf8').includes('"exit"'));
}

if (!isTreeClean()) {
  refuse('There are uncommitted changes. Commit them, so that what is published is what is in git.');
}
if (!isSignedIn()) refuse('The registry does not know you. Run `npm login`, then `pnpm release` again.');
run('node', 'scripts/spec/spec-changeset.ts', '--check');
if (isVersionDue()) {
  run('changeset', 'version');
  if (!isTreeClean()) {
    run('git', 'add', '--all');
    run('git', 'commit', '--quiet', '--message', 'Release');
  }
}
run('node', 'scripts/turbo.ts', 'run', 'lint', 'build', '--output-logs=errors-only');
run('changeset', 'publish');
console.log('Next: git push --follow-tags');
