/** Writes dist/openapi.json (the document in one file, 3.2) and dist/openapi-3.1.json (derived from it). */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from '../src/bundle.ts';
import { derive31 } from '../src/derive-3-1.ts';

const dist = path.join(import.meta.dirname, '../dist');

try {
  const document = await bundle(process.argv[2]);
  await mkdir(dist, { recursive: true });
  await writeJson('openapi.json', document);
  await writeJson('openapi-3.1.json', derive31(document));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function writeJson(file: string, data: object): Promise<void> {
  return writeFile(path.join(dist, file), `${JSON.stringify(data, null, 2)}\n`);
}
