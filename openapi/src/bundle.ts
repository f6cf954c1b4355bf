import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Document } from './document.ts';

const packageFolder = path.join(import.meta.dirname, '..');
const redocly = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');

/**
 * Bundles the document with Redocly and the decorators of redocly.yaml.
 *
 * @param root - the root file, anywhere; redocly.yaml is always that of this package.
 * @throws {Error} whose message is what Redocly reported: file, line and reason.
 */
export async function bundle(root: string = path.join(packageFolder, 'openapi.yaml')): Promise<Document> {
  const folder = await mkdtemp(path.join(tmpdir(), 'humanloop-openapi-'));
  const output = path.join(folder, 'openapi.json');
  try {
    await runRedocly(['bundle', root, '--output', output]);
    return withSortedComponents(JSON.parse(await readFile(output, 'utf8')));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runRedocly(args: string[]): Promise<void> {
  const config = path.join(packageFolder, 'redocly.yaml');
  try {
    await promisify(execFile)(process.execPath, [redocly, ...args, '--config', config], {
      env: { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
  } catch (error) {
    // The exit status alone says nothing to a person; what Redocly printed does.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${stdout}${stderr}`.trim() || 'redocly failed', { cause: error });
  }
}

/** Redocly writes components in the order in which it meets them, so that one new operation would move many. */
function withSortedComponents(document: Document): Document {
  const components = Object.entries(document.components).map(([kind, map]) => [kind, sortKeys(map ?? {})]);
  return { ...document, components: Object.fromEntries(components) };
}

function sortKeys(map: object): object {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
