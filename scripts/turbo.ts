/** Runs Turborepo without its telemetry: `node scripts/turbo.ts run build`. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

/** @param quiet - keep what it prints in `stdout`, to be shown on failure. */
export function runTurbo(args: string[], { quiet = false } = {}): SpawnSyncReturns<string> {
  return spawnSync('turbo', args, {
    encoding: 'utf8',
    stdio: ['inherit', quiet ? 'pipe' : 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}

if (import.meta.main) process.exitCode = runTurbo(process.argv.slice(2)).status ?? 1;
