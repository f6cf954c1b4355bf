import { expect, test } from 'vitest';
import { readDocument } from '@humanloop-v4/codegen';
import { operations, type Operation } from '../src/operations.ts';

const rows: Operation[] = Object.values(operations);

test('every operation of the document has a row that names its method, path and parameters', () => {
  const want = Object.entries(readDocument().paths).flatMap(([path, item]) =>
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

test('lists page from 0, but for those of sessions and of the datapoints of an evaluation', () => {
  expect(idsFrom(1)).toEqual(['Evaluations_listDatapoints', 'Sessions_list']);
  expect(idsFrom(0)).toEqual([
    'Datasets_listDatapoints',
    'Evaluations_list',
    'Logs_list',
    'Projects_list',
    'Projects_export',
  ]);
});

test('the eight generating operations stream, and they and evaluations take provider keys', () => {
  const streaming = rows.filter((row) => row.streams);
  expect(streaming.map((row) => row.path)).toEqual([
    '/chat',
    '/chat-deployed',
    '/chat-experiment',
    '/chat-model-config',
    '/completion',
    '/completion-deployed',
    '/completion-experiment',
    '/completion-model-config',
  ]);
  expect(rows.filter((row) => row.takesProviderApiKeys).map((row) => row.id)).toEqual([
    ...streaming.map((row) => row.id),
    'Evaluations_create',
  ]);
});

test('the operations that take a list are known', () => {
  const kinds = rows.filter(({ bodyKind }) => bodyKind.includes('list')).map(({ id, bodyKind }) => [id, bodyKind]);
  expect(kinds).toEqual([
    ['Datasets_createDatapoint', 'fields-or-list'],
    ['Feedback_feedback', 'fields-or-list'],
    ['Logs_log', 'fields-or-list'],
    ['Projects_updateFeedbackTypes', 'list'],
  ]);
});

function idsFrom(page: number): string[] {
  return rows.flatMap(({ id, firstPage }) => (firstPage === page ? [id] : []));
}
