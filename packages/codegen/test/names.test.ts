import { expect, test } from 'vitest';
import { checkNames, friendlyName, paramsName, propertyName } from '../src/names.ts';

const cases = [
  { given: 'ChatResponse', want: 'ChatResponse' },
  { given: 'HTTPValidationError', want: 'HTTPValidationError' },
  { given: 'PaginatedData_LogResponse_', want: 'LogPage' },
  { given: 'PaginatedData_EvaluationDatapointSnapshotResponse_', want: 'EvaluationDatapointSnapshotPage' },
  { given: 'PaginatedData_Thing_', want: 'ThingPage' },
  { given: 'Body_ModelConfigs_deserialize', want: 'DeserializeModelConfigRequest' },
];

test.for(cases)('$given is called $want', ({ given, want }) => {
  expect(friendlyName(given)).toBe(want);
});

test('a name of another form stops the generator', () => {
  expect(() => friendlyName('log_response')).toThrow(
    'The schema log_response needs a name in PascalCase, or a rule in friendlyName.',
  );
});

test('two things of one name stop the generator', () => {
  const given = ['PaginatedData_LogResponse_', 'LogPage'].map(
    (name) => [`The schema ${name}`, friendlyName(name)] as const,
  );
  expect(() => checkNames(given)).toThrow(
    'The schema PaginatedData_LogResponse_ and The schema LogPage would both be called LogPage; rename one of them.',
  );
});

test('a flat request is called after its operation, and a property of the client after its resource', () => {
  expect(paramsName({ resource: 'ModelConfigs', name: 'deserialize' })).toBe('ModelConfigsDeserializeParams');
  expect(propertyName('ModelConfigs')).toBe('modelConfigs');
});
