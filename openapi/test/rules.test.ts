/**
 * Each rule of ours reports a document that breaks it in one place, there and nowhere else. The document in
 * fixtures/lint keeps all rules; a case replaces one piece of text in one of its files.
 */
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lint, type Problem } from './lint.ts';

interface Case {
  given: string;
  file: string;
  find: string | RegExp;
  replace: string;
  /** `rule file:line`, and words of the message. */
  want: [place: string, message: RegExp];
  /** Where other problems follow from it. */
  also?: string[];
}

const cases: Case[] = [
  {
    given: 'an operationId of another resource',
    file: 'paths.yaml',
    find: 'operationId: StickyNotes_list',
    replace: 'operationId: Notes_list',
    want: ['humanloop/operation-id paths.yaml:3', /must be "StickyNotes_"/],
  },
  {
    given: 'an operationId whose method is not in camelCase',
    file: 'paths.yaml',
    find: 'operationId: StickyNotes_list',
    replace: 'operationId: StickyNotes_List',
    want: ['humanloop/operation-id paths.yaml:3', /camelCase/],
  },
  {
    given: 'a summary that ends in a full stop',
    file: 'paths.yaml',
    find: 'summary: List notes',
    replace: 'summary: List notes.',
    want: ['humanloop/operation-summary paths.yaml:5', /full stop/],
  },
  {
    given: 'a summary in title case',
    file: 'paths.yaml',
    find: 'summary: List notes',
    replace: 'summary: List Notes',
    want: ['humanloop/operation-summary paths.yaml:5', /sentence case/],
  },
  {
    given: 'a summary that begins without a capital',
    file: 'paths.yaml',
    find: 'summary: List notes',
    replace: 'summary: list notes',
    want: ['humanloop/operation-summary paths.yaml:5', /capital/],
  },
  {
    given: 'a summary that is too long',
    file: 'paths.yaml',
    find: 'summary: List notes',
    replace: `summary: List ${'very '.repeat(10)}many notes`,
    want: ['humanloop/operation-summary paths.yaml:5', /at most 60/],
  },
  {
    given: 'two operations with the same summary',
    file: 'paths.yaml',
    find: 'summary: Create a note',
    replace: 'summary: List notes',
    want: ['humanloop/operation-summary paths.yaml:52', /another operation/],
  },
  {
    given: 'an operation without a summary',
    file: 'paths.yaml',
    find: '    summary: List notes\n',
    replace: '',
    want: ['operation-summary paths.yaml:2', /summary/],
  },
  {
    given: 'an operation without a description',
    file: 'paths.yaml',
    find: '    description: Lists the notes.\n',
    replace: '',
    want: ['operation-description paths.yaml:2', /description/],
  },
  {
    given: 'a parameter without a description',
    file: 'paths.yaml',
    find: '        description: Ids of notes.\n',
    replace: '',
    want: ['parameter-description paths.yaml:8', /description/],
  },
  {
    given: 'a header without a description',
    file: 'paths.yaml',
    find: '            description: Id of this exchange.\n',
    replace: '',
    want: ['humanloop/descriptions paths.yaml:22', /header needs a description/],
  },
  {
    given: 'a schema without a description',
    file: 'schemas.yaml',
    find: '  description: A colour.\n',
    replace: '',
    want: ['humanloop/descriptions schemas.yaml:28', /schema needs a description/],
  },
  {
    given: 'a property with an empty description',
    file: 'schemas.yaml',
    find: 'description: Whether to answer piece by piece.',
    replace: "description: ''",
    want: ['humanloop/descriptions schemas.yaml:45', /"stream" needs a description/],
  },
  {
    given: 'paragraphs in a folded block',
    file: 'paths.yaml',
    find: 'description: Lists the notes.',
    replace: `description: >-\n      ${'Lists the notes. '.repeat(8)}\n      More of them.\n\n      ${'Another paragraph. '.repeat(2)}`,
    want: ['humanloop/paragraphs paths.yaml:6', /loses its paragraphs/],
  },
  {
    given: 'an operation that lacks an error answer',
    file: 'paths.yaml',
    find: "      '503': *error\n  post:",
    replace: '  post:',
    want: ['rule/error-answers paths.yaml:18', /503/],
  },
  {
    given: 'a body on 204',
    file: 'paths.yaml',
    find: 'description: They are gone.',
    replace: 'description: They are gone.\n        content: {}',
    want: ['rule/no-content paths.yaml:111', /no body/],
  },
  {
    given: 'an answer without X-Request-ID',
    file: 'paths.yaml',
    find: '        description: They are gone.\n        headers: *headers\n',
    replace: '        description: They are gone.\n',
    want: ['response-contains-header paths.yaml:109', /X-Request-ID/],
  },
  {
    given: 'an answer without examples',
    file: 'paths.yaml',
    find: `            examples:
              default:
                value: { detail: It failed. }
`,
    replace: '',
    want: ['humanloop/examples-present paths.yaml:37', /at least one entry/],
  },
  {
    given: 'a request body without examples',
    file: 'paths.yaml',
    find: / {10}examples:\n +default:\n +externalValue: examples\/Notes_create\/default.request.json\n(?: +[\w-]+:\n +value: .*\n)+/,
    replace: '',
    want: ['humanloop/examples-present paths.yaml:57', /at least one entry/],
    also: ['humanloop/example-files examples/Notes_create/default.request.json:1'],
  },
  {
    given: 'an example of a request that no answer has',
    file: 'paths.yaml',
    find: 'default:\n              externalValue: examples/Notes_create/default.request.json',
    replace: 'other:\n              externalValue: examples/Notes_create/default.request.json',
    want: ['humanloop/examples-paired paths.yaml:61', /No answer has an example "other"/],
    also: ['humanloop/examples-paired paths.yaml:78'],
  },
  {
    given: 'an example of an answer that the request has not',
    file: 'paths.yaml',
    find: '          text/event-stream:\n',
    replace: `              more:
                externalValue: examples/Notes_list/default.response.json
          text/event-stream:
`,
    want: ['humanloop/examples-paired paths.yaml:80', /The request has no example "more"/],
  },
  {
    given: 'a parameter without an example',
    file: 'paths.yaml',
    find: '        example: [a]\n',
    replace: '',
    want: ['humanloop/examples-present paths.yaml:8', /"id" needs an example/],
  },
  {
    given: 'an array in the query that does not say how it is written',
    file: 'paths.yaml',
    find: '        explode: true\n',
    replace: '',
    want: ['array-parameter-serialization paths.yaml:8', /explode/],
  },
  {
    given: 'a stream without an item schema',
    file: 'paths.yaml',
    find: '            itemSchema:\n              $ref: schemas.yaml#/NoteEvent\n',
    replace: '            schema: { type: string }\n',
    want: ['humanloop/streaming paths.yaml:80', /needs an itemSchema/],
  },
  {
    given: 'a streaming operation that does not describe the stream',
    file: 'paths.yaml',
    find: /text\/event-stream:\n +itemSchema:\n +\$ref: schemas.yaml#\/NoteEvent/,
    replace: 'text/plain:\n            schema: { type: string }',
    want: ['humanloop/streaming paths.yaml:74', /text\/event-stream is missing/],
  },
  {
    given: 'a streaming operation that does not describe the JSON',
    file: 'paths.yaml',
    find: /application\/json:\n( +schema:\n.*\n +examples:\n.*\n.*\n) +text\/event-stream/,
    replace: 'text/json:\n$1          text/event-stream',
    want: ['humanloop/streaming paths.yaml:74', /without a stream is missing/],
  },
  {
    given: 'a stream that lacks an example',
    file: 'paths.yaml',
    find: / +crlf-and-comments:\n.*\n/,
    replace: '',
    want: ['humanloop/streaming paths.yaml:80', /lacks the examples crlf-and-comments/],
  },
  {
    given: 'an optional property of an answer that is not nullable',
    file: 'schemas.yaml',
    find: "        - $ref: '#/UnknownEnumValue'\n        - type: 'null'\n",
    replace: "        - $ref: '#/UnknownEnumValue'\n",
    want: ['humanloop/answers-nullable schemas.yaml:9', /"colour" is an optional property/],
  },
  {
    given: 'an optional property of an answer that refers to what is not nullable',
    file: 'schemas.yaml',
    find: "  type: [string, 'null']\n",
    replace: '  type: string\n',
    want: ['humanloop/answers-nullable schemas.yaml:20', /"author"/],
  },
  {
    given: 'a closed enum in an answer',
    file: 'schemas.yaml',
    find: "        - $ref: '#/UnknownEnumValue'\n",
    replace: '',
    want: ['humanloop/answers-open schemas.yaml:29', /beside UnknownEnumValue/],
  },
  {
    given: 'a closed object in an answer',
    file: 'schemas.yaml',
    find: 'description: What went wrong.\n  required',
    replace: 'description: What went wrong.\n  additionalProperties: false\n  required',
    want: ['humanloop/answers-open schemas.yaml:87', /must not be closed/],
  },
  {
    given: 'an example file that does not exist',
    file: 'paths.yaml',
    find: 'examples/Notes_list/default.response.json',
    replace: 'examples/Notes_list/other.response.json',
    want: ['humanloop/example-files paths.yaml:32', /other.response.json does not exist/],
  },
  {
    given: 'an example file that no example names',
    file: 'paths.yaml',
    find: 'externalValue: examples/Notes_create/default.request.json',
    replace: 'value: { text: Hello }',
    want: ['humanloop/example-files examples/Notes_create/default.request.json:1', /No example of the document names/],
  },
  {
    given: 'an example file that breaks its schema',
    file: 'examples/Notes_create/default.request.json',
    find: '"red"',
    replace: '"green"',
    want: ['humanloop/examples-valid examples/Notes_create/default.request.json:3', /\/colour must be equal to one of/],
  },
  {
    given: 'an example file that is not JSON',
    file: 'examples/Notes_create/default.request.json',
    find: '"red"',
    replace: '"red",',
    want: ['humanloop/examples-valid examples/Notes_create/default.request.json:4', /is not JSON/],
  },
  {
    given: 'an example in the YAML that breaks its schema',
    file: 'paths.yaml',
    find: '{ detail: It failed. }',
    replace: '{ detail: 1 }',
    want: ['no-invalid-media-type-examples paths.yaml:42', /must be string/],
  },
  {
    given: 'an event whose data breaks its schema',
    file: 'examples/Notes_create/stream.sse',
    find: '"Buy"',
    replace: '1',
    want: ['humanloop/examples-valid examples/Notes_create/stream.sse:1', /\/data\/text must be string/],
  },
  {
    given: 'an error event with the data of a piece',
    file: 'examples/Notes_create/stream.sse',
    find: '{"detail": "No more."}',
    replace: '{"text": "Buy"}',
    want: ['humanloop/examples-valid examples/Notes_create/stream.sse:5', /required property 'detail'/],
  },
  {
    given: 'an event of an unknown name',
    file: 'examples/Notes_create/stream.sse',
    find: 'event: error',
    replace: 'event: other',
    want: [
      'humanloop/examples-valid examples/Notes_create/stream.sse:5',
      /\/event must be one of the constants "message", "error"/,
    ],
  },
  {
    given: 'an event whose data is not JSON',
    file: 'examples/Notes_create/stream.sse',
    find: '"No more."}',
    replace: '"No more."',
    want: ['humanloop/examples-valid examples/Notes_create/stream.sse:5', /must be JSON/],
  },
  {
    given: 'a stream whose last event is not ended',
    file: 'examples/Notes_create/stream.sse',
    find: /\n\n$/,
    replace: '\n',
    want: ['humanloop/examples-valid examples/Notes_create/stream.sse:5', /no empty line ends the last event/],
  },
  {
    given: 'a server outside this machine',
    file: 'openapi.yaml',
    find: 'http://127.0.0.1:4010/v4',
    replace: 'https://api.example.org/v4',
    want: ['humanloop/servers-on-loopback openapi.yaml:12', /must be on a loopback address/],
  },
  {
    given: 'a reference to nothing',
    file: 'schemas.yaml',
    find: "    author:\n      $ref: '#/Author'",
    replace: "    author:\n      description: Who wrote it.\n      $ref: '#/Nobody'",
    want: ['no-unresolved-refs schemas.yaml:21', /Can't resolve \$ref/],
  },
];

describe('the linter', () => {
  const fixture = path.join(import.meta.dirname, 'fixtures/lint');
  let folder: string;
  let problems: Problem[];

  // One run for all cases: starting Redocly takes longer than linting them.
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'humanloop-rules-')));
    const roots = cases.map(async ({ file, find, replace }, index) => {
      const copy = path.join(folder, String(index));
      await cp(fixture, copy, { recursive: true });
      const text = await readFile(path.join(copy, file), 'utf8');
      const broken = text.replace(find, replace);
      if (broken === text) throw new Error(`nothing to replace in ${file}: ${String(find)}`);
      await writeFile(path.join(copy, file), broken);
      return path.join(copy, 'openapi.yaml');
    });
    problems = await lint([path.join(fixture, 'openapi.yaml'), ...(await Promise.all(roots))]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('finds nothing wrong with a document that keeps all rules', () => {
    expect(problems.filter(({ file }) => file.startsWith(fixture))).toEqual([]);
  });

  test.each(cases.map((given, index) => ({ ...given, index })))(
    'reports $given',
    ({ index, want: [place, message], also = [] }) => {
      const copy = path.join(folder, String(index));
      const found = problems.filter(({ file }) => file.startsWith(`${copy}/`));
      const places = found.map(({ rule, file, line }) => `${rule} ${path.relative(copy, file)}:${line}`);
      expect([...new Set(places)]).toEqual([place, ...also]);
      expect(found[0]?.message).toMatch(message);
    },
  );

  test('is tried on every rule of ours', async () => {
    const config = parse(await readFile(path.join(import.meta.dirname, '../redocly.yaml'), 'utf8'));
    const ours = Object.keys(config.rules).filter((name) => name.includes('/'));
    const tried = new Set(cases.map(({ want: [place] }) => place.split(' ')[0]));
    expect(ours.filter((name) => !tried.has(name))).toEqual([]);
  });
});
