import { expectTypeOf, test } from 'vitest';
import { operations as table, type Operation, type OperationId } from '../src/operations.ts';
import type { operations } from '../src/index.ts';

test('the table and the types know the same operations', () => {
  expectTypeOf<OperationId>().toEqualTypeOf<keyof operations>();
});

test('the rows are literals, and fit one interface', () => {
  expectTypeOf(table.Logs_list.path).toEqualTypeOf<'/logs'>();
  expectTypeOf(table.Logs_list.firstPage).toEqualTypeOf<0>();
  expectTypeOf(table[{} as OperationId]).toExtend<Operation>();
});
