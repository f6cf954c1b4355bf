import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { documentPath } from '../document/document.ts';
import { ContractError } from '../errors.ts';

export interface Prism extends AsyncDisposable {
  /** Prism does not honour the base path of the document's server, so this has none. */
  readonly baseUrl: string;
  close(): Promise<void>;
}

const startTimeoutMs = 60_000;

/**
 * Starts Prism as other people do, by its command line, on the 3.1 document.
 *
 * @throws {ContractError} `cannot-listen` with what Prism printed, when it does not come up.
 */
export async function startPrism(document: string = documentPath('openapi-3.1.json')): Promise<Prism> {
  const cli = createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js');
  // A copy, because Prism starts anew, on another port, when the file is written again.
  const folder = await mkdtemp(path.join(tmpdir(), 'humanloop-prism-'));
  const copy = path.join(folder, 'openapi.json');
  await copyFile(document, copy);
  const child = spawn(process.execPath, [cli, 'mock', '--host', '127.0.0.1', '--port', '0', copy], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Without this Prism forks when NODE_ENV is production, and crashes.
    env: { ...process.env, NODE_ENV: 'test' },
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const close = async (): Promise<void> => {
    child.kill();
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  let printed = '';
  const baseUrl = await new Promise<string | null>((resolve) => {
    const read = (text: Buffer): void => {
      printed += text.toString();
      const origin = /listening on (http:\/\/[\d.]+:\d+)/.exec(printed)?.[1];
      if (origin) resolve(origin);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then(() => resolve(null));
    setTimeout(() => resolve(null), startTimeoutMs).unref();
  });
  if (baseUrl === null) {
    await close();
    throw new ContractError('cannot-listen', `Prism did not start. It printed: ${printed.trim() || 'nothing'}`);
  }
  return { baseUrl, close, [Symbol.asyncDispose]: close };
}
