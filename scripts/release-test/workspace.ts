import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const repository = path.join(import.meta.dirname, '../..');

export interface Run {
  status: number;
  /** Everything it printed. */
  output: string;
}

/** A folder in which commands run against the test registry. */
export class Folder {
  readonly path: string;

  constructor(folder: string, npmrc: string) {
    this.path = folder;
    mkdirSync(folder, { recursive: true });
    this.write('.npmrc', npmrc);
  }

  run(command: string, ...args: string[]): Run {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.path,
      encoding: 'utf8',
      env: {
        ...process.env,
        // Only CI can sign where a package comes from.
        npm_config_provenance: 'false',
        npm_config_userconfig: path.join(this.path, '.npmrc'),
        npm_config_registry: undefined,
        TURBO_CACHE_DIR: path.join(repository, '.turbo/cache'),
        TURBO_TELEMETRY_DISABLED: '1',
        GIT_AUTHOR_NAME: 'Maintainer',
        GIT_AUTHOR_EMAIL: 'maintainer@example.com',
        GIT_COMMITTER_NAME: 'Maintainer',
        GIT_COMMITTER_EMAIL: 'maintainer@example.com',
      },
    });
    return { status: status ?? 1, output: `${stdout}${stderr}` };
  }

  /** @throws {Error} with all that the command printed, when it fails. */
  mustRun(command: string, ...args: string[]): string {
    const { status, output } = this.run(command, ...args);
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit status ${status}\n${output}`);
    return output;
  }

  read(file: string): string {
    return readFileSync(path.join(this.path, file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.path, file)), { recursive: true });
    writeFileSync(path.join(this.path, file), text);
  }

  version(name: string): string {
    return (JSON.parse(this.read(`node_modules/${name}/package.json`)) as { version: string }).version;
  }
}

/** A copy of this working tree, as it is, in a git repository of its own with one commit. */
export function copyRepository(folder: string, npmrc: string): Folder {
  const copy = new Folder(folder, npmrc);
  const list = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of list.stdout.split('\0').filter((name) => name !== '' && existsSync(path.join(repository, name)))) {
    cpSync(path.join(repository, file), path.join(folder, file));
  }
  copy.write('.git-exclude', '.npmrc\n');
  copy.mustRun('git', 'init', '--quiet', '--initial-branch=main');
  copy.mustRun('git', 'config', 'core.excludesFile', path.join(folder, '.git-exclude'));
  copy.write('.git/info/exclude', '.npmrc\n.git-exclude\n');
  copy.mustRun('git', 'add', '--all');
  copy.mustRun('git', 'commit', '--quiet', '--message', 'Everything');
  copy.mustRun('pnpm', 'install', '--frozen-lockfile', '--prefer-offline');
  return copy;
}

/** A consumer's project with strict settings, and the compiler of this repository. */
export function createConsumer(folder: string, npmrc: string, source: string): Folder {
  const consumer = new Folder(folder, npmrc);
  consumer.write(
    'package.json',
    JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, type: 'module', dependencies: {} }),
  );
  consumer.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2023',
        module: 'nodenext',
        lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
        types: [],
      },
      include: ['*.ts'],
    }),
  );
  consumer.write('index.ts', source);
  return consumer;
}

/** Type-checks a consumer's project. */
export function compile(consumer: Folder): Run {
  return consumer.run(path.join(repository, 'scripts/node_modules/.bin/tsc'), '--pretty', 'false');
}
