/** Runs Turborepo without its telemetry: `node scripts/turbo.ts run build`. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

interface RunOptions {
  quiet?: boolean;
  cwd?: string;
  environment?: Record<string, string>;
}

/**
 * @param options.quiet - keep what it prints in `stdout`, to be shown on failure.
 * @param options.cwd - workspace to run in; default this one.
 * @param options.environment - variables to add to those of this process.
 */
export function runTurbo(
  args: string[],
  { quiet = false, cwd = process.cwd(), environment = {} }: RunOptions = {},
): SpawnSyncReturns<string> {
  return spawnSync('turbo', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['inherit', quiet ? 'pipe' : 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...environment },
  });
}

if (import.meta.main) process.exitCode = runTurbo(process.argv.slice(2)).status ?? 1;
