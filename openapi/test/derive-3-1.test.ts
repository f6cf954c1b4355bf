/** The derived 3.1 document is what tools that do not know 3.2 need, Prism above all. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { bundle } from '../src/bundle.ts';
import { derive31 } from '../src/derive-3-1.ts';
import { runRedocly } from '../src/redocly.ts';
import { isObject, mediaTypes, operations, resolve, type Document, type MediaType } from '../src/document.ts';

const document = await bundle();
const derived = derive31(document);

function createDocument(mediaType: MediaType): Document {
  const responses = { 200: { description: '', content: { 'text/event-stream': mediaType } } };
  const operation = { operationId: 'a', tags: [], summary: '', description: '', responses };
  return {
    openapi: '3.2.0',
    info: { title: '', version: '' },
    servers: [],
    tags: [],
    paths: { '/a': { get: operation } },
    components: { schemas: {} },
  };
}

function derivedMediaType(mediaType: MediaType): MediaType {
  const [entry] = mediaTypes(derive31(createDocument(mediaType)));
  return entry!.mediaType;
}

describe('derive31', () => {
  test('turns a sequence into a string, and keeps the schema of its items', () => {
    const itemSchema = { $ref: '#/components/schemas/Event' };
    expect(derivedMediaType({ itemSchema })).toEqual({ schema: { type: 'string' }, 'x-item-schema': itemSchema });
  });

  test('gives the text of a serialized example as its value', () => {
    const examples = { one: { summary: 'One', serializedValue: 'data: 1\r\n\r\n' } };
    expect(derivedMediaType({ examples }).examples).toEqual({ one: { summary: 'One', value: 'data: 1\r\n\r\n' } });
  });

  test('leaves a JSON example as it is, whatever its keys are called', () => {
    const examples = { one: { value: { serializedValue: 'a', itemSchema: {} } } };
    expect(derivedMediaType({ examples }).examples).toEqual(examples);
  });

  test('reaches bodies in components', () => {
    const given = createDocument({});
    given.components.responses = {
      Stream: { description: '', content: { 'text/event-stream': { itemSchema: { type: 'object' } } } },
    };
    expect(derive31(given).components.responses?.Stream?.content).toEqual({
      'text/event-stream': { schema: { type: 'string' }, 'x-item-schema': { type: 'object' } },
    });
  });

  test('moves the default of a discriminator, wherever it is', () => {
    const given = createDocument({});
    const discriminator = { propertyName: 'type', defaultMapping: 'Note' };
    given.components.schemas.List = { properties: { default: { items: { oneOf: [], discriminator } } } };
    expect(derive31(given).components.schemas.List).toEqual({
      properties: {
        default: { items: { oneOf: [], discriminator: { propertyName: 'type', 'x-default-mapping': 'Note' } } },
      },
    });
  });

  test('does not change its argument', () => {
    const given = createDocument({ itemSchema: { type: 'object' }, examples: { one: { serializedValue: 'a' } } });
    const before = structuredClone(given);
    derive31(given);
    expect(given).toEqual(before);
  });
});

describe('the 3.1 document', () => {
  test('says that it is 3.1, in the dialect of JSON Schema that Prism validates', () => {
    expect(derived).toMatchObject({
      openapi: '3.1.1',
      jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    });
  });

  test('keeps the rules of OpenAPI 3.1', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'humanloop-derived-'));
    try {
      const file = path.join(folder, 'openapi-3.1.json');
      await writeFile(file, JSON.stringify(derived));
      const config = path.join(folder, 'redocly.yaml');
      // The rule would not have a reference in an extension, such as x-item-schema.
      await writeFile(config, "extends: [spec]\nrules: { spec-strict-refs: off }\ntelemetry: 'off'\n");
      const { stdout, stderr, isFailure } = await runRedocly(['lint', file, '--config', config]);
      expect(isFailure, stdout + stderr).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('has all operations and schemas of the 3.2 document', () => {
    expect([...operations(derived)].map(({ operation }) => operation.operationId)).toEqual(
      [...operations(document)].map(({ operation }) => operation.operationId),
    );
    expect(Object.keys(derived.components.schemas)).toEqual(Object.keys(document.components.schemas));
  });

  test('has a schema and an example of the right type for each body', () => {
    const bodies = [...mediaTypes(derived)];
    expect(bodies.filter(({ mediaType }) => mediaType.schema === undefined)).toEqual([]);
    const texts = bodies.filter(({ name }) => name !== 'application/json');
    for (const { mediaType } of texts) {
      const values = Object.values(mediaType.examples ?? {}).map(({ value }) => typeof value);
      expect(new Set(values)).toEqual(new Set(['string']));
    }
  });

  test('writes out how lists in the query are written', () => {
    const lists = [...operations(derived)]
      .flatMap(({ operation }) => operation.parameters ?? [])
      .map((parameter) => resolve(derived, parameter))
      .filter(({ schema }) => schema?.type === 'array');
    expect(lists.length).toBeGreaterThan(0);
    expect(lists.filter(({ style, explode }) => style !== 'form' || explode !== true)).toEqual([]);
  });

  // Prism validates nothing where its AJV cannot compile a schema, and does not say so.
  test('has only schemas that a strict AJV compiles', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
    ajv.addVocabulary(['components', 'discriminator']);
    ajv.addFormat('date', true);
    ajv.addSchema({ $id: 'document', components: derived.components });
    const problems = Object.keys(derived.components.schemas).flatMap((name) => {
      try {
        ajv.compile({ $ref: `document#/components/schemas/${name}` });
        return [];
      } catch (error) {
        return [`${name}: ${String(error)}`];
      }
    });
    expect(problems).toEqual([]);
  });

  // AJV, and so Prism, looks at the branches alone and not at the discriminator.
  test('tells the branches of each discriminator apart by a const', () => {
    const choices = [...discriminators(derived.components.schemas)];
    expect(choices.length).toBeGreaterThan(0);
    for (const { propertyName, mapping } of choices) {
      for (const [value, $ref] of Object.entries(mapping)) {
        const branch = resolve(derived, { $ref });
        expect(branch).toMatchObject({ properties: { [propertyName]: { const: value } } });
      }
    }
  });
});

interface Discriminator {
  propertyName: string;
  mapping: Record<string, string>;
}

function* discriminators(value: unknown): Generator<Discriminator> {
  if (Array.isArray(value)) for (const item of value) yield* discriminators(item);
  if (!isObject(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'discriminator' && isObject(child)) yield child as unknown as Discriminator;
    else yield* discriminators(child);
  }
}
