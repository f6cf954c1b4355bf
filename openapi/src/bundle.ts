import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkYaml } from './check-yaml.ts';
import type { Document } from './document.ts';
import { runRedocly, withOurConfig } from './redocly.ts';

const ourDocument = path.join(import.meta.dirname, '../openapi.yaml');

/**
 * Bundles our document into one, with the decorators of redocly.yaml, once its YAML is as we write it.
 *
 * @param root - its root file.
 * @throws {Error} whose message is what is wrong: file, line and reason.
 */
export async function bundle(root: string = ourDocument): Promise<Document> {
  const yamlProblems = await checkYaml(path.dirname(root));
  if (yamlProblems.length > 0) throw new Error(yamlProblems.join('\n'));
  return await bundleAnything(root);
}

/** Bundles a document that need not keep our rules: one of others, or an older one of ours. */
export async function bundleAnything(root: string): Promise<Document> {
  const folder = await mkdtemp(path.join(tmpdir(), 'humanloop-openapi-'));
  const file = path.join(folder, 'openapi.json');
  try {
    const { isFailure, stdout, stderr } = await runRedocly(['bundle', root, '--output', file, ...withOurConfig]);
    if (isFailure) throw new Error(`${stdout}${stderr}`.trim());
    return withSortedComponents(await withPackageVersion(JSON.parse(await readFile(file, 'utf8')), root));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `info.version` is the version of the API; the version of the package that carries the document stands beside it. */
async function withPackageVersion(document: Document, root: string): Promise<Document> {
  const manifest = path.join(path.dirname(root), 'package.json');
  if (!existsSync(manifest)) return document;
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version?: string };
  return { ...document, info: { ...document.info, 'x-package-version': version } };
}

/** Redocly writes components in the order in which it meets them, so that one new operation would move many. */
function withSortedComponents(document: Document): Document {
  const components = Object.entries(document.components).map(([kind, map]) => [kind, sortKeys(map ?? {})]);
  return { ...document, components: Object.fromEntries(components) };
}

function sortKeys(map: object): object {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
