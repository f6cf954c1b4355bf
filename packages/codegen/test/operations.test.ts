import { describe, expect, test } from 'vitest';
import type { OpenApiDocument, OperationObject, Schema } from '../src/document.ts';
import { readDocument } from '../src/document.ts';
import { readOperations } from '../src/operations.ts';

const OBJECT: Schema = { type: 'object', properties: { id: { type: 'string' }, text: { type: 'string' } } };
const LIST: Schema = { type: 'array', items: { $ref: '#/components/schemas/Thing' } };
const THING: Schema = { $ref: '#/components/schemas/Thing' };

describe('an operation', () => {
  test('of one object takes its fields', () => {
    expect(read({ requestBody: body(THING) })).toMatchObject({
      body: { kind: 'fields', fields: ['id', 'text'] },
      result: 'Thing',
    });
  });

  test('of one object or a list takes either', () => {
    const given = { requestBody: body({ anyOf: [LIST, THING] }) };
    expect(read(given)).toMatchObject({ body: { kind: 'fields-or-list', list: 'Thing[]' } });
  });

  test('of a list takes the list', () => {
    expect(read({ requestBody: body(LIST) })).toMatchObject({ body: { kind: 'list', fields: [] } });
  });

  test('that pages says where its pages begin and what is on them', () => {
    const given = { parameters: [query('page', { type: 'integer', default: 1 })], responses: answer('ThingPage') };
    expect(read(given)).toMatchObject({ pages: { first: 1, record: 'Thing' } });
  });

  test('that streams says what is in an event, which is not the error', () => {
    const given = { requestBody: body({ $ref: '#/components/schemas/Ask' }), responses: stream('Event') };
    expect(read(given)).toMatchObject({ result: 'Thing', event: 'Thing' });
  });

  test('with 204 answers nothing', () => {
    expect(read({ responses: { 204: {} } })).toMatchObject({ status: 204, result: 'void', mediaTypes: [] });
  });
});

const faults: { name: string; given: Partial<OperationObject>; want: string; path?: string }[] = [
  {
    name: 'an id without a resource',
    given: { operationId: 'createThing' },
    want: 'createThing: an operationId has the form Resource_method, such as Chats_create.',
  },
  {
    name: 'no id',
    given: { operationId: undefined as never },
    want: 'POST /things: an operationId has the form Resource_method, such as Chats_create.',
  },
  {
    name: 'a property that is in the body and in the query',
    given: { parameters: [query('text', { type: 'string' })], requestBody: body(THING) },
    want: 'Things_create: the property text occurs twice among path, query and body; a flat request has room for one.',
  },
  {
    name: 'a parameter in the place of a list',
    given: { parameters: [query('body', { type: 'string' })], requestBody: body(LIST) },
    want: 'Things_create: the property body occurs twice among path, query and body; a flat request has room for one.',
  },
  {
    name: 'a path parameter that is not described',
    path: '/things/{id}',
    given: {},
    want: 'Things_create: the path /things/{id} and the path parameters () do not agree.',
  },
  {
    name: 'a header parameter',
    given: { parameters: [{ name: 'X-Thing', in: 'header' }] },
    want: 'Things_create: the client cannot send the header parameter X-Thing.',
  },
  {
    name: 'a query parameter of another style',
    given: { parameters: [{ name: 'ids', in: 'query', style: 'form', explode: false }] },
    want: 'Things_create: the query parameter ids has to have style form and explode true.',
  },
  {
    name: 'a name that the client uses itself',
    given: { operationId: 'Things_call' },
    want: 'Things_call: the client uses the name call itself; choose another.',
  },
  {
    name: 'a stream without a way to ask for it',
    given: { requestBody: body(THING), responses: stream('Event') },
    want: 'Things_create: it answers with an event stream, but its body has no property `stream` to ask for it.',
  },
  {
    name: 'an event stream without a JSON event',
    given: { requestBody: body({ $ref: '#/components/schemas/Ask' }), responses: stream('Thing') },
    want: 'The itemSchema of an event stream needs one branch, besides `event: error`, with a contentSchema.',
  },
  {
    name: 'a page parameter on something else than a page',
    given: { parameters: [query('page', { type: 'integer', default: 0 })] },
    want: 'Things_create: a list that pages has the default 0 or 1 for `page`, and answers with records, page, size and total.',
  },
  {
    name: 'an answer with a structure but without a name',
    given: { responses: { 200: { content: { 'application/json': { schema: OBJECT } } } } },
    want: 'Things_create: give this schema a name under components/schemas.',
  },
  {
    name: 'two kinds of success',
    given: { responses: { ...answer('Thing'), 201: {} } },
    want: 'Things_create: there has to be exactly one success response, written in place.',
  },
  {
    name: 'a reference that leads nowhere',
    given: { requestBody: body({ $ref: '#/components/schemas/Nothing' }) },
    want: 'The reference #/components/schemas/Nothing leads nowhere.',
  },
];

test.for(faults)('$name stops the generator with a sentence', ({ given, want, path }) => {
  expect(() => read(given, path)).toThrow(want);
});

test('two operations that would make one method stop the generator', () => {
  const given = document({
    '/things': { post: operation({}) },
    '/stuff': { post: operation({ operationId: 'Things_create' }) },
  });
  expect(() => readOperations(given)).toThrow(
    'Things_create and Things_create would both make the method Things.create; rename one.',
  );
});

test('an operation that is called like the streaming twin of another stops the generator', () => {
  const asked = { requestBody: body({ $ref: '#/components/schemas/Ask' }), responses: stream('Event') };
  const given = document({
    '/things': { post: operation(asked) },
    '/stuff': { post: operation({ operationId: 'Things_createStream' }) },
  });
  expect(() => readOperations(given)).toThrow(
    'Things_create and Things_createStream would both make the method Things.createStream; rename one.',
  );
});

test('every operation of the document can be read', () => {
  const document = readDocument();
  const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
  expect(readOperations(document).map((operation) => operation.id)).toEqual(ids);
});

function read(given: Partial<OperationObject>, path = '/things') {
  return readOperations(document({ [path]: { post: operation(given) } }))[0];
}

function document(paths: OpenApiDocument['paths']): OpenApiDocument {
  const data = { type: 'string', contentSchema: THING };
  const error = { properties: { event: { const: 'error' }, data: { type: 'string', contentSchema: OBJECT } } };
  const count = { type: 'integer' };
  return {
    openapi: '3.2.0',
    info: { title: 'Things', version: '1' },
    paths,
    components: {
      schemas: {
        Thing: OBJECT,
        Ask: { type: 'object', properties: { stream: { type: 'boolean' } } },
        Event: { anyOf: [{ properties: { data } }, error] },
        ThingPage: { type: 'object', properties: { records: LIST, page: count, size: count, total: count } },
      },
    },
  };
}

function operation(given: Partial<OperationObject>): OperationObject {
  return { operationId: 'Things_create', summary: 'Create a thing', responses: answer('Thing'), ...given };
}

function body(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } };
}

function query(name: string, schema: Schema) {
  return { name, in: 'query', schema };
}

function answer(schemaName: string) {
  return { 200: { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName}` } } } } };
}

function stream(schemaName: string) {
  const itemSchema = { $ref: `#/components/schemas/${schemaName}` };
  return { 200: { content: { 'application/json': { schema: THING }, 'text/event-stream': { itemSchema } } } };
}
