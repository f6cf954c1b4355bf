import { expect, test } from 'vitest';
import { type OperationObject, readDocument, resolveSchema, type Schema } from '@humanloop-v4/codegen';
import { operations, type Operation } from '../src/operations.ts';

const rows: Operation[] = Object.values(operations);
const document = readDocument();
const documented = Object.values(document.paths).flatMap((item) => Object.values(item));

test('every operation of the document has a row that names its method, path and parameters', () => {
  const want = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, parameters = [] }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      parameters: parameters.map(({ in: place, name }) => `${place} ${name}`).toSorted(),
    })),
  );
  const given = rows.map(({ id, method, path, pathParameters, queryParameters }) => ({
    id,
    method,
    path,
    parameters: [
      ...pathParameters.map((name) => `path ${name}`),
      ...queryParameters.map((name) => `query ${name}`),
    ].toSorted(),
  }));
  expect(given).toEqual(want);
});

test('lists page from the default of `page`', () => {
  const want = documented.flatMap(({ operationId, parameters = [] }) =>
    parameters.flatMap(({ name, schema }) => (name === 'page' ? [[operationId, schema?.default]] : [])),
  );
  expect(rows.flatMap(({ id, firstPage }) => (firstPage === null ? [] : [[id, firstPage]]))).toEqual(want);
});

test('the operations that answer with an event stream, and no others, stream', () => {
  expect(rows.filter(({ streams }) => streams).map(({ id }) => id)).toEqual(
    idsWhere(({ responses }) => JSON.stringify(responses).includes('"text/event-stream"')),
  );
});

test('the operations whose body has provider keys, and no others, take them', () => {
  expect(rows.filter(({ takesProviderApiKeys }) => takesProviderApiKeys).map(({ id }) => id)).toEqual(
    idsWhere((operation) => bodiesOf(operation).some(({ properties = {} }) => 'provider_api_keys' in properties)),
  );
});

test('the operations whose body may be a list, and no others, take a list', () => {
  expect(rows.filter(({ bodyKind }) => bodyKind.includes('list')).map(({ id }) => id)).toEqual(
    idsWhere((operation) => bodiesOf(operation).some(({ type }) => type === 'array')),
  );
});

function idsWhere(isWanted: (operation: OperationObject) => boolean): (string | undefined)[] {
  return documented.filter(isWanted).map(({ operationId }) => operationId);
}

/** What the body of a request can be. */
function bodiesOf({ requestBody }: OperationObject): Schema[] {
  const schema = resolveSchema(document, requestBody?.content['application/json']?.schema ?? {});
  return (schema.anyOf ?? [schema]).map((branch) => resolveSchema(document, branch));
}
