import { expect, test } from 'vitest';
import { checkImported } from './check-imported.ts';

const ok = { description: 'Ok.' };
const operation = (operationId: string) => ({ operationId, responses: { '200': ok } });

test.each([
  { given: 'no paths', document: {}, want: 'the file has no paths.' },
  {
    given: 'an operation without an id',
    document: { paths: { '/x': { get: { responses: {} } } } },
    want: 'the file: GET /x has no operationId.',
  },
  {
    given: 'one id twice',
    document: { paths: { '/x': { get: operation('Things_x') }, '/y': { put: operation('Things_x') } } },
    want: 'the file: the operationId Things_x stands twice, at GET /x and at PUT /y.',
  },
  {
    given: 'two ids for one method',
    document: { paths: { '/x': { get: operation('Things_x') }, '/y': { put: operation('things-x') } } },
    want: 'the file: Things_x GET /x and things-x PUT /y would make the same method of the client; rename one.',
  },
  {
    given: 'a reference that leads nowhere',
    document: {
      paths: { '/x': { get: { ...operation('Things_x'), parameters: [{ $ref: '#/components/parameters/P' }] } } },
    },
    want: '#/components/parameters/P (at #/paths/~1x/get/parameters/0)',
  },
  {
    given: 'references in a circle',
    document: {
      paths: { '/x': { get: operation('Things_x') } },
      components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } },
    },
    want: 'lead in a circle: #/components/schemas/B, #/components/schemas/A',
  },
  {
    given: 'a version that is a number',
    document: { openapi: 3.1 },
    want: 'the file: `openapi` is the number 3.1; put it in quotes.',
  },
  {
    given: 'a reference to another file',
    document: { paths: { '/x': { $ref: 'paths.yaml#/x' } } },
    want: 'bundle it into one file first:\n  paths.yaml#/x (at #/paths/~1x)',
  },
])('a document with $given is refused in one message', ({ document, want }) => {
  expect(() => checkImported({ openapi: '3.1.0', ...document }, 'the file')).toThrow(want);
});
