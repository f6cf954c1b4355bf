import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the registry may take to answer for the first time, ms. */
const startTimeoutMs = 60_000;

export interface Registry {
  url: string;
  /** What an .npmrc needs to install from it and publish to it. */
  npmrc: string;
  close(): void;
}

/**
 * Starts Verdaccio on a free port of 127.0.0.1. Our packages live in it alone; all others come from the registry that
 * npm is set up with.
 *
 * @param folder - where it keeps its files.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  mkdirSync(folder, { recursive: true });
  const config = path.join(folder, 'config.yaml');
  writeFileSync(
    config,
    `storage: ./storage
auth: {htpasswd: {file: ./htpasswd}}
uplinks: {upstream: {url: ${JSON.stringify(upstream())}, timeout: 60s}}
packages:
  '@humanloop-v4/*': {access: $all, publish: $authenticated}
  '**': {access: $all, proxy: upstream}
log: {type: stdout, level: warn}
`,
  );
  const require = createRequire(import.meta.url);
  const program = path.join(path.dirname(require.resolve('verdaccio/package.json')), 'bin/verdaccio');
  const verdaccio = spawn(process.execPath, [program, '--config', config, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await waitUntilReady(url, verdaccio);
    const token = await addUser(url);
    return { url, npmrc: `registry=${url}\n//127.0.0.1:${port}/:_authToken=${token}\n`, close: () => verdaccio.kill() };
  } catch (error) {
    verdaccio.kill();
    throw error;
  }
}

function upstream(): string {
  const { stdout } = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' });
  return stdout.trim();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

async function waitUntilReady(url: string, verdaccio: ChildProcess): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (verdaccio.exitCode !== null) throw new Error(`Verdaccio ended with status ${verdaccio.exitCode}.`);
    const answer = await fetch(`${url}-/ping`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error('Verdaccio did not answer in time.');
}

async function addUser(url: string): Promise<string> {
  const response = await fetch(`${url}-/user/org.couchdb.user:maintainer`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'maintainer', password: 'only-on-loopback' }),
  });
  const { token } = (await response.json()) as { token?: string };
  if (token === undefined) throw new Error(`Verdaccio gave no token: HTTP ${response.status}`);
  return token;
}
