/**
 * `pnpm release`: turns the pending changesets into versions and changelogs, commits them, and publishes what the
 * registry does not have yet. With nothing pending, as after the merge of a version pull request, it only publishes.
 *
 * Publishing makes the git tags; push them with the commit.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
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

/** In pre mode the changesets stay; `changeset version` knows which it has used, and fails when none is left. */
const pending = globSync('.changeset/*.md', { cwd: root }).filter((file) => !file.endsWith('README.md'));

run('node', 'scripts/spec/spec-changeset.ts', '--check');
if (pending.length > 0) {
  if (!isTreeClean()) {
    console.error(
      'There are uncommitted changes. Commit them, so that the release commit holds versions and changelogs only.',
    );
    process.exit(1);
  }
  run('changeset', 'version');
  if (!isTreeClean()) {
    run('git', 'add', '--all');
    run('git', 'commit', '--quiet', '--message', 'Release');
  }
}
run('node', 'scripts/turbo.ts', 'run', 'lint', 'build', '--output-logs=errors-only');
run('changeset', 'publish');
console.log('Next: git push --follow-tags');
