/** Runs Turborepo without its telemetry: `node scripts/turbo.ts run build`. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

/**
 * @param options.quiet - keep what it prints in `stdout`, to be shown on failure.
 * @param options.cwd - workspace to run in; default this one.
 */
export function runTurbo(
  args: string[],
  { quiet = false, cwd = process.cwd() }: { quiet?: boolean; cwd?: string } = {},
): SpawnSyncReturns<string> {
  return spawnSync('turbo', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['inherit', quiet ? 'pipe' : 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}

if (import.meta.main) process.exitCode = runTurbo(process.argv.slice(2)).status ?? 1;
