import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const redocly = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');

/** Makes Redocly use the rules and decorators of this package. */
export const withOurConfig = ['--config', path.join(import.meta.dirname, '../redocly.yaml')];

export interface Output {
  stdout: string;
  stderr: string;
  isFailure: boolean;
}

/**
 * Runs a command of Redocly's, which has a command line and no other interface.
 *
 * @throws {Error} when it cannot be started.
 */
export function runRedocly(args: string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const options = {
      // Without this it asks the registry for newer versions of itself.
      env: { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      maxBuffer: 2 ** 28,
    };
    execFile(process.execPath, [redocly, ...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ stdout, stderr, isFailure: error !== null });
    });
  });
}
