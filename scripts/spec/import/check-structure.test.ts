import { expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { checkStructure } from './check-structure.ts';

const document = {
  openapi: '3.0.2',
  info: { title: 'Things', version: '1' },
  paths: { '/x': { get: { operationId: 'Things_x', responses: { '200': { description: 'Ok.' } } } } },
};

test.each<{ given: string; change: JsonObject; want: string }>([
  { given: 'no info', change: { info: undefined }, want: 'The field `info` must be present on this level. (at #/)' },
  {
    given: 'an operation that is a text',
    change: { paths: { '/x': { get: 'hello' } } },
    want: 'Expected type `Operation` (object) but got `string` (at #/paths/~1x/get)',
  },
  {
    given: 'a schema that is null',
    change: { components: { schemas: { Thing: null } } },
    want: 'Expected type `Schema` (object) but got `null` (at #/components/schemas/Thing)',
  },
])('a document with $given is refused, with the place', async ({ change, want }) => {
  await expect(checkStructure({ ...document, ...change }, 'the file')).rejects.toThrow(
    `the file is not OpenAPI:\n  ${want}`,
  );
});

test.each<{ given: string; change: JsonObject }>([
  { given: 'nothing missing', change: {} },
  {
    given: 'a response without a description, which 3.2 no longer asks for',
    change: { paths: { '/x': { get: { operationId: 'Things_x', responses: { '200': {} } } } } },
  },
])('a document with $given passes', async ({ change }) => {
  await expect(checkStructure({ ...document, ...change }, 'the file')).resolves.toBeUndefined();
});
