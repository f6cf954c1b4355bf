import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Humanloop } from '@humanloop-v4/client';
import { afterAll, describe, expect, it } from 'vitest';
import { ContractCoverage } from '../src/suite/coverage.ts';
import { createWalk } from '../src/suite/schema-walk.ts';
import { isRecord, readDocument } from '../src/document/document.ts';
import { listOperations, successOf, type Operation } from '../src/document/operations.ts';
import type { Pointer } from '../src/document/pointer.ts';
import { createSchemas } from '../src/document/schemas.ts';
import { findMethod, flatten, toClientRequest } from '../src/suite/client-request.ts';
import { branchesOf, createSampler, keywordsAt, layersOf, propertiesOf } from '../src/suite/sample.ts';
import { createChooser } from './choose-variations.ts';
import { keepPart } from './coverage-parts.ts';

// The original server sent every property that it knew, null where it had no value, and ended lines with CRLF. The
// fixtures have that shape, property by property, with values of our own.

const document = await readDocument();
const schemas = createSchemas(document);
const sample = createSampler(document, schemas);
const operations = listOperations(document);
const walk = createWalk(document);
const coverage = new ContractCoverage({ document, operations, schemas, walk });
afterAll(() => keepPart('wire', coverage.result));

async function decode(operation: Operation, body: unknown): Promise<unknown> {
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'k',
    maxRetries: 0,
    fetch: async (url, { method = 'GET' }) => {
      const response = Response.json(body, { status: successOf(operation).status });
      const { status, headers } = response;
      // No server has judged the request.
      coverage.noteAnswer({ method, target: new URL(url).pathname }, { status, headers, body: JSON.stringify(body) });
      return response;
    },
  });
  const example = operation.body?.content[0]?.examples[0]?.value;
  return findMethod(humanloop, operation)(flatten(toClientRequest(operation, example, 'required')));
}

/** A value with every declared property: required ones sampled, all others null. */
function barest(schema: Pointer): unknown {
  const layers = layersOf(document, schema);
  const branch = layers.flatMap((layer) => branchesOf(document, layer))[0];
  if (branch) return barest(branch);
  const items = layers.find((layer) => 'items' in keywordsAt(document, layer));
  if (items) return [barest([...items, 'items'])];
  const properties = layers.flatMap((layer) => propertiesOf(document, layer));
  if (properties.length === 0) return sample(schema);
  const required = layers.flatMap((layer) => (keywordsAt(document, layer)['required'] as string[] | undefined) ?? []);
  return Object.fromEntries(
    properties.map(([name, property]) => [name, required.includes(name) ? barest(property) : null]),
  );
}

/** The same with a property more in each object. A text, because some objects are maps of texts. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (!isRecord(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, grown(part)]));
  return { ...copy, property_of_a_later_server: 'text' };
}

const answering = operations
  .map((operation) => ({
    operation,
    id: operation.id,
    content: successOf(operation).content.find(({ mediaType }) => mediaType === 'application/json'),
  }))
  .filter(({ content }) => content?.schema);

describe.each(answering)('$id', ({ operation, content }) => {
  const schema = content?.schema as Pointer;

  it('may answer with null wherever a property is not required', async () => {
    const value = barest(schema);
    expect(schemas.check(schema, value)).toEqual([]);
    expect(await decode(operation, value)).toEqual(value);
  });

  it.each(content?.examples ?? [])('may answer with more properties than "$name" has', async ({ value }) => {
    const more = grown(value);
    expect(schemas.check(schema, more)).toEqual([]);
    const decoded = await decode(operation, more);
    // A page is an object of the client; it keeps the records, and what they have.
    if (isRecord(more) && 'records' in more) expect(decoded).toMatchObject({ records: more['records'] });
    else expect(decoded).toEqual(more);
  });
});

describe('each value that a rule of an answer allows', () => {
  const choose = createChooser(document, schemas, walk);

  it.each(answering)('is given by $id as it came', async ({ operation, content }) => {
    for (const { name, value, isValid } of choose(content?.schema as Pointer)) {
      if (!isValid) continue;
      const decoded = await decode(operation, value);
      if (isRecord(value) && 'records' in value) expect(decoded, name).toMatchObject({ records: value['records'] });
      else expect(decoded, name).toEqual(value);
    }
  });
});

const fixtures: { file: string; operations: RegExp }[] = [
  { file: 'chat.json', operations: /^Chats_/ },
  { file: 'completion.json', operations: /^Completions_/ },
];

describe.each(fixtures)('an answer of the original shape, $file', ({ file, operations: fitting }) => {
  const value: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', file), 'utf8'));

  it.each(answering.filter(({ id }) => fitting.test(id)))('is an answer of $id', async ({ operation, content }) => {
    expect(schemas.check(content?.schema as Pointer, value)).toEqual([]);
    expect(await decode(operation, value)).toEqual(value);
  });

  it.each(answering.filter(({ id }) => fitting.test(id)))('names every property that $id declares', ({ content }) => {
    const declared = layersOf(document, content?.schema as Pointer).flatMap((layer) => propertiesOf(document, layer));
    expect(Object.keys(value as object).toSorted()).toEqual(declared.map(([name]) => name).toSorted());
  });
});
