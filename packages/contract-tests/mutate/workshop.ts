import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.join(import.meta.dirname, '../../..');

/** How long one command may take, ms. A mutant may well wait for ever: that is noticed, too. */
const LONGEST_COMMAND_MS = 240_000;

export interface Output {
  isFailure: boolean;
  /** Whether it was stopped because it took too long. */
  hangs: boolean;
  text: string;
}

/** A copy of the repository in which a mutant can be built and tried. */
export interface Workshop {
  /** Its path. */
  folder: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Runs a program of a package's `node_modules/.bin`, or `node`, in the package's folder. */
  run(packageFolder: string, program: string, ...args: string[]): Promise<Output>;
  remove(): void;
}

/**
 * Copies the files of the repository as they are now, committed or not, to below the folder for temporary files, installs
 * from the store of pnpm, and builds all packages. Takes some ten seconds.
 *
 * @param built - another one, whose build is taken over.
 */
export function openWorkshop(built?: Workshop): Workshop {
  const folder = mkdtempSync(path.join(tmpdir(), 'humanloop-mutate-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  });
  for (const file of new Set(listed.split('\0'))) {
    const from = path.join(repository, file);
    if (file === '' || !existsSync(from)) continue;
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(from, path.join(folder, file));
  }
  const prepare = (program: string, ...args: string[]): void => {
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  prepare('pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--silent');
  if (!built) prepare(process.execPath, 'scripts/turbo.ts', 'run', 'build', '--output-logs=errors-only');
  for (const dist of built ? globSync('{openapi,packages/*}/dist', { cwd: built.folder }) : []) {
    cpSync(path.join(built?.folder ?? '', dist), path.join(folder, dist), { recursive: true });
  }
  return createWorkshop(folder);
}

/** A copy of the client alone, with the modules that are installed here: enough for its own tests, and made at once. */
export function openClientWorkshop(): Workshop {
  const folder = mkdtempSync(path.join(tmpdir(), 'humanloop-mutate-'));
  const client = 'packages/client';
  const copied = ['src', 'test', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts'].map(
    (name) => `${client}/${name}`,
  );
  for (const name of ['tsconfig.base.json', ...copied]) {
    cpSync(path.join(repository, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(repository, client, 'node_modules'), path.join(folder, client, 'node_modules'), 'junction');
  return createWorkshop(folder);
}

function createWorkshop(folder: string): Workshop {
  return {
    folder,
    read: (file) => readFileSync(path.join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(path.join(folder, file), text),
    run: (packageFolder, program, ...args) => run(path.join(folder, packageFolder), program, args),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

const running = new Set<number>();

/** Stops what is still running, with all that it has started. */
export function stopCommands(): void {
  for (const pid of running) stopGroup(pid);
}

function stopGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function run(cwd: string, program: string, args: string[]): Promise<Output> {
  const file = program === 'node' ? process.execPath : path.join(cwd, 'node_modules/.bin', program);
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CI: 'true', NO_COLOR: '1', FORCE_COLOR: undefined };
    // A group of its own, so that the servers that tests have started end with it.
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid = 0 } = child;
    running.add(pid);
    let text = '';
    let hangs = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => (text += chunk));
    }
    const timer = setTimeout(() => {
      hangs = true;
      stopGroup(pid);
    }, LONGEST_COMMAND_MS);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      stopGroup(pid);
      running.delete(pid);
      // What was printed last may not have been read yet.
      setImmediate(() => resolve({ isFailure: code !== 0, hangs, text }));
    });
  });
}
