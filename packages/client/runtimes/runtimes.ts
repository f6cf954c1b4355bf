/** How the cases are brought into each runtime. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { chromium } from 'playwright-core';
import type { Result, Target } from './cases.ts';

export interface Outcome {
  version: string;
  results: Result[];
}

/** Resolves to `undefined` where the runtime is not installed. */
type Runtime = (target: Target) => Promise<Outcome | undefined>;

/** So that six runtimes that hang take less than two minutes. */
const LONGEST_MS = 15_000;
const here = import.meta.dirname;
const commands = path.join(here, 'node_modules/.bin');
const browsers = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'];

export const runtimes: Record<string, Runtime> = {
  'Node, oldest': inProcess(path.join(commands, 'node'), ['--no-warnings', '--experimental-strip-types']),
  'Node, this one': inProcess(process.execPath, []),
  Bun: inProcess(path.join(commands, 'bun'), ['--no-install']),
  // It may use the network of this machine and nothing else, not even read the environment.
  Deno: inProcess(path.join(commands, 'deno'), [
    'run',
    '--no-prompt',
    '--no-remote',
    '--no-lock',
    '--allow-net=127.0.0.1',
  ]),
  workerd: inWorker,
  Chromium: inPage,
};

function inProcess(command: string, options: string[]): Runtime {
  return async (target) => {
    const run = async (args: string[]): Promise<string> => {
      const env = {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DENO_NO_UPDATE_CHECK: '1',
        DO_NOT_TRACK: '1',
      };
      const limits = { cwd: here, env, timeout: LONGEST_MS, killSignal: 'SIGKILL' } as const;
      return (await promisify(execFile)(command, args, limits)).stdout;
    };
    const version = /\d+\.\S+/.exec(await run(['--version']))?.[0] ?? '';
    return {
      version,
      results: JSON.parse(await run([...options, 'in-process.ts', JSON.stringify(target)])) as Result[],
    };
  };
}

async function inWorker(target: Target): Promise<Outcome> {
  const { version, compatibilityDate } = createRequire(createRequire(import.meta.url).resolve('miniflare'))(
    'workerd',
  ) as {
    version: string;
    compatibilityDate: string;
  };
  const script = await bundle('in-worker.ts', 'esm');
  const worker = new Miniflare({ modules: true, script, compatibilityDate, cf: false, host: '127.0.0.1', port: 0 });
  try {
    const response = await within(
      worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify(target) }),
    );
    return { version, results: (await response.json()) as Result[] };
  } finally {
    await worker.dispose();
  }
}

async function inPage(target: Target): Promise<Outcome | undefined> {
  const executablePath = browsers.find((file) => existsSync(file));
  if (!executablePath) return undefined;
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    timeout: LONGEST_MS,
  });
  try {
    const page = await browser.newPage();
    // A page of another origin than the mock's, as a real one would be.
    await page.goto(target.witness, { timeout: LONGEST_MS });
    await page.addScriptTag({ content: await bundle('in-page.ts', 'iife') });
    const call = `runCases(${JSON.stringify({ ...target, isPage: true })})`;
    return { version: browser.version(), results: await within(page.evaluate<Result[]>(call)) };
  } finally {
    await browser.close();
  }
}

/** As an app's bundler would do it: the client and what it depends on, in one file. */
async function bundle(file: string, format: 'esm' | 'iife'): Promise<string> {
  const options = { bundle: true, format, platform: 'browser', target: 'es2022', write: false } as const;
  const { outputFiles } = await build({ ...options, entryPoints: [path.join(here, file)] });
  return outputFiles[0]?.text ?? '';
}

async function within<T>(result: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`takes more than ${LONGEST_MS} ms`)), LONGEST_MS);
  return Promise.race([result, promise]).finally(() => clearTimeout(timer));
}
