import { expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { compareDocuments } from './compare-documents.ts';

/** One schema that is sent and received. */
function document(schema: JsonObject): JsonObject {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } };
  const post = {
    operationId: 'Things_add',
    requestBody: { required: true, content },
    responses: { '200': { description: 'Ok.', content } },
  };
  return {
    openapi: '3.2.0',
    info: { title: 'Things', version: '1' },
    paths: { '/things': { post } },
    components: { schemas: { Thing: { type: 'object', properties: { id: { type: 'string' } }, ...schema } } },
  };
}

test('what to write instead is said where code breaks, and not to those for whom the change asks nothing', () => {
  const advice = (before: JsonObject, after: JsonObject) =>
    compareDocuments(document(before), document(after)).map(({ level, direction, instead }) => [
      level,
      direction,
      instead,
    ]);
  expect(advice({}, { required: ['id'] })).toEqual([
    ['major', 'request', 'Always send `id`'],
    ['minor', 'response', undefined],
  ]);
  expect(advice({ required: ['id'] }, {})).toEqual([
    ['major', 'response', 'Check that `id` is there'],
    ['minor', 'request', undefined],
  ]);
});
