/**
 * `pnpm cache:remote`: tries a remote cache. Starts a server of the npm package `turborepo-remote-cache` on loopback,
 * builds in one fresh clone, then in a second one with no cache of its own, and says where each result came from.
 * Exits 1 when the second clone had to run anything.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Clone } from './clone.ts';

const port = await findFreePort();
const storage = mkdtempSync(join(tmpdir(), 'remote-cache-'));
const server = spawn('npx', ['--yes', 'turborepo-remote-cache@2'], {
  stdio: 'ignore',
  detached: true,
  env: {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    STORAGE_PROVIDER: 'local',
    STORAGE_PATH: storage,
    TURBO_TOKEN: 'token',
  },
});

try {
  await waitForServer();
  const environment = { TURBO_API: `http://127.0.0.1:${port}`, TURBO_TOKEN: 'token', TURBO_TEAM: 'team_humanloop_v4' };
  let missed = 0;
  for (const name of ['first clone', 'second clone']) {
    using clone = new Clone();
    const runs = clone.run(['build'], environment);
    const count = (from: string): number => runs.filter((run) => run.from === from).length;
    missed = count('run');
    console.log(`${name}: ${runs.length} tasks, ${missed} run, ${count('remote cache')} from the remote cache`);
  }
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  // The server is a child of npx: both are in one process group.
  if (server.pid) process.kill(-server.pid);
  rmSync(storage, { recursive: true, force: true });
}

async function waitForServer(): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/v8/artifacts/status`).catch(() => undefined);
    if (response) return;
    await setTimeout(200);
  }
  throw new Error('The remote cache did not start within a minute.');
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (!address || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
