import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseOpenApi, readDocument, repository } from './read-document.ts';

test.each([
  { given: '{"openapi": "3.1.0"', want: /neither JSON nor YAML/ },
  { given: 'a: b: c', want: /neither JSON nor YAML/ },
  { given: '[]', want: /not an OpenAPI document/ },
  { given: 'title: Things', want: /not an OpenAPI document/ },
  { given: 'swagger: "2.0"', want: /Swagger 2.0; only OpenAPI 3.0, 3.1 and 3.2/ },
  { given: 'openapi: 4.0.0', want: /4.0.0; only/ },
])('$given is refused in a sentence', ({ given, want }) => {
  expect(() => parseOpenApi(given, 'the file')).toThrow(want);
});

test('each reference that leads nowhere is named with its place', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spec-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'openapi.yaml');
  writeFileSync(file, "openapi: 3.1.0\npaths: {/x: {$ref: '#/components/pathItems/X'}}\n");
  await expect(readDocument(file)).rejects.toThrow('#/components/pathItems/X (at #/paths/~1x)');
});

test('a source that is neither a file nor a revision is refused in a sentence', async () => {
  await expect(readDocument('no-such-thing')).rejects.toThrow('no-such-thing is neither a file nor a git revision.');
});

test('our document is read from its files, and from the last commit', async () => {
  for (const source of [path.join(repository, 'openapi'), 'HEAD']) {
    const document = await readDocument(source);
    expect(Object.keys(document['paths'] ?? {}).length).toBeGreaterThan(40);
  }
});

test('a part that is missing is named with the line that asks for it, and other files in the folder do not count', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spec-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'openapi.yaml');
  writeFileSync(path.join(folder, 'other.yaml'), 'a: b: c');
  const head = 'openapi: 3.1.0\ninfo: { title: Things, version: "1" }\n';
  writeFileSync(file, `${head}paths: { /x: { $ref: parts.yaml } }\n`);
  await expect(readDocument(file)).rejects.toThrow(/openapi\.yaml:3:\d+: .*no such file.*parts\.yaml/);
  writeFileSync(path.join(folder, 'parts.yaml'), 'get: { responses: { "200": { description: Ok. } } }');
  expect(await readDocument(file)).toMatchObject({ paths: { '/x': { get: {} } } });
});
