import { expect, test } from 'vitest';
import { groupProblems, readProblems } from '../problems.ts';

test.each([
  {
    given: 'an error of TypeScript in a package',
    output: "@humanloop-v4/client:typecheck: examples/stream.ts(5,38): error TS2339: Property 'x' does not exist.",
    want: ["packages/client/examples/stream.ts:5: Property 'x' does not exist."],
  },
  {
    given: 'the same in the scripts',
    output: "demo.ts(46,40): error TS2339: Property 'x' does not exist.",
    want: ["scripts/demo.ts:46: Property 'x' does not exist."],
  },
  {
    given: 'a problem of the document, between lines of another task',
    output: [
      '@humanloop-v4/openapi:lint: [1] schemas/evaluations.yaml:194:5 at #/Result/properties/log',
      '@humanloop-v4/codegen:test: ✓ passed',
      '@humanloop-v4/openapi:lint: ',
      '@humanloop-v4/openapi:lint: The property "log" needs a description.',
    ].join('\n'),
    want: ['openapi/schemas/evaluations.yaml:194: The property "log" needs a description.'],
  },
  {
    given: 'a problem of oxlint, in colours',
    output: '\u001B[31m  x\u001B[0m eslint(no-var): Unexpected var.\n   ,-[packages/client/src/a.ts:9:62]\n 8 | var a;',
    want: ['packages/client/src/a.ts:9: eslint(no-var): Unexpected var.'],
  },
  {
    given: 'an error with what follows from it',
    output: [
      "demo.ts(46,40): error TS2339: Property 'x' does not exist.",
      "demo.ts(56,34): error TS7006: Parameter 'sample' implicitly has an 'any' type.",
    ].join('\n'),
    want: ["scripts/demo.ts:46: Property 'x' does not exist."],
  },
  {
    given: 'a generated file that is stale, twice',
    output:
      '@humanloop-v4/types:generate:check: src/generated/schemas.ts is stale; run `pnpm generate` and commit it.\n'.repeat(
        2,
      ),
    want: ['packages/types/src/generated/schemas.ts is stale; run `pnpm generate` and commit it.'],
  },
])('$given is one line', ({ output, want }) => {
  expect(readProblems(output, output.startsWith('demo') ? 'scripts/' : '')).toEqual(want);
});

test('what is decided once is one entry, with its places', () => {
  expect(
    groupProblems([
      'openapi/paths/logs.yaml:23: The parameter "x" needs an example.',
      "openapi/examples/Logs_get/default.response.json:1: The example breaks its schema:  must have required property 'y'",
      'openapi/schemas/logs.yaml:4: The schema needs a description.',
      'openapi/paths/logs.yaml:92: The parameter "x" needs an example.',
      "openapi/examples/Logs_list/default.response.json:9: The example breaks its schema: /records/0 must have required property 'y'",
    ]),
  ).toEqual([
    'The parameter "x" needs an example. (2 places)\n    openapi/paths/logs.yaml:23, 92',
    "The example breaks its schema: must have required property 'y' (2 places)\n    openapi/examples/Logs_get/default.response.json:1\n    openapi/examples/Logs_list/default.response.json:9",
    'openapi/schemas/logs.yaml:4: The schema needs a description.',
  ]);
});
