import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OperationModel, propertyName, readDocument, readOperations } from '@humanloop-v4/codegen';
import { operations as table, type Operation } from '@humanloop-v4/types/operations';
import { describe, expect, test } from 'vitest';
import { generate } from '../scripts/files.ts';
import { Humanloop } from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const operations = readOperations(readDocument());
/** As of any document: the literal types of the table say what this one lacks. */
const rows: Record<string, Operation> = table;

describe('the generated files', () => {
  test('are the same bytes each time, and those on disk', () => {
    const files = generate(readDocument());
    expect(generate(readDocument())).toEqual(files);
    const onDisk = globSync('*.ts', { cwd: join(root, 'src/generated') }).map((name) => [
      name,
      readFileSync(join(root, 'src/generated', name), 'utf8'),
    ]);
    expect(Object.fromEntries(onDisk)).toEqual(files);
  });
});

describe('a generated method', () => {
  test.for(operations)('of $id sends what the table says', async (operation) => {
    const [request, want] = exampleOf(operation);
    const sent = await record(operation.resource, operation.name, request);
    expect(sent).toEqual(want);
  });

  test.for(operations.filter(({ event }) => event !== undefined))('of $id asks for a stream', async (operation) => {
    const [request, want] = exampleOf(operation);
    const sent = await record(operation.resource, `${operation.name}Stream`, request);
    expect(sent).toEqual({ ...want, body: { ...(want.body as object), stream: true } });
  });
});

test("the built declarations carry the document's words on every method and every resource", () => {
  const built = globSync('dist/**/*.d.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const words = flatten(built.join('\n'));
  for (const { id, summary, description = '' } of operations) {
    expect(words, id).toContain(flatten(summary));
    // All but the paragraph on how a stream is asked for: the methods do that.
    for (const paragraph of description.split('\n\n').filter((text) => !text.includes('`stream: true`'))) {
      expect(words, id).toContain(flatten(paragraph));
    }
  }
  for (const { name, description = '' } of readDocument().tags ?? []) {
    expect(words, name).toContain(flatten(description));
  }
});

interface Sent {
  method: string;
  path: string;
  query: [string, string][];
  body: unknown;
}

/** A flat request with every parameter and two fields of the body, and how it is to be sent by the public table. */
function exampleOf({ id, properties }: OperationModel): [request: unknown, want: Sent] {
  const { method, path, pathParameters, queryParameters, bodyKind } = rows[id] as Operation;
  const inPath = Object.fromEntries(pathParameters.map((name) => [name, `${name}/1 ü`]));
  const inQuery = Object.fromEntries(queryParameters.map((name) => [name, `${name}&1`]));
  const fields = Object.fromEntries(
    properties.filter((property) => property.in === 'body' && property.name !== 'stream').map(({ name }) => [name, 1]),
  );
  const list = [{ type: 'rating' }];
  const want = {
    method,
    path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] ?? '')),
    query: Object.entries(inQuery),
    body: { none: undefined, fields, list, 'fields-or-list': fields }[bodyKind],
  };
  return [{ ...inPath, ...inQuery, ...(bodyKind === 'list' ? { body: list } : fields) }, want];
}

async function record(resource: string, method: string, request: unknown): Promise<Sent | undefined> {
  let sent: Sent | undefined;
  const humanloop = new Humanloop({
    apiKey: 'key',
    baseUrl: 'http://127.0.0.1/v4',
    fetch: async (url, init) => {
      const { pathname, searchParams } = new URL(url);
      const body = init.body == null ? undefined : (JSON.parse(init.body as string) as unknown);
      sent = { method: init.method ?? 'GET', path: pathname.replace('/v4', ''), query: [...searchParams], body };
      return new Response('data: [DONE]\n\n', { headers: { 'Content-Type': 'text/event-stream' } });
    },
  });
  const resources = humanloop as unknown as Record<string, Record<string, (request: unknown) => Promise<unknown>>>;
  // What is answered does not matter here.
  await resources[propertyName(resource)]?.[method]?.(request).catch(() => {});
  return sent;
}

/** The words of a text, without its lines and the stars before them. */
function flatten(text: string): string {
  return text.replaceAll(/[\s*]+/g, ' ').trim();
}
