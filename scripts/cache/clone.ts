import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTurbo } from '../turbo.ts';

export const root = join(import.meta.dirname, '../..');

/** The part of Turborepo's run summary that is read here. */
interface Summary {
  tasks: { taskId: string; cache: { status: 'HIT' | 'MISS'; source?: 'LOCAL' | 'REMOTE' } }[];
}

/** A task of a run, and where its result came from. */
export interface TaskRun {
  task: string;
  from: 'run' | 'local cache' | 'remote cache';
}

/** A fresh clone of HEAD with its dependencies installed and an empty cache. Disposing of it deletes it. */
export class Clone implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'clone-'));

  constructor() {
    execFileSync('git', ['clone', '--quiet', root, this.folder]);
    execFileSync('pnpm', ['install', '--prefer-offline', '--frozen-lockfile'], { cwd: this.folder, stdio: 'pipe' });
  }

  /** @throws {Error} with what the tasks printed, when one of them fails */
  run(tasks: string[], environment: Record<string, string> = {}): TaskRun[] {
    rmSync(join(this.folder, '.turbo/runs'), { recursive: true, force: true });
    const args = ['run', ...tasks, '--summarize', '--output-logs=errors-only'];
    const { status, stdout } = runTurbo(args, { quiet: true, cwd: this.folder, environment });
    if (status !== 0) throw new Error(`The tasks fail, so nothing can be measured.\n${stdout}`);
    const [file = ''] = globSync('.turbo/runs/*.json', { cwd: this.folder });
    const summary = JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as Summary;
    return summary.tasks.map(({ taskId, cache }) => ({
      task: taskId.replace('@humanloop-v4/', '').replace('#', ' '),
      from: cache.status === 'MISS' ? 'run' : cache.source === 'REMOTE' ? 'remote cache' : 'local cache',
    }));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
