import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkChangesets } from './check-changesets.ts';
import { describeUpgrade } from './describe-upgrade.ts';
import { compareDocuments } from './diff/compare-documents.ts';
import { readWrittenLevels } from './pending-changesets.ts';

const operation = (id: string) => ({ operationId: id, responses: { '200': { description: 'Ok.' } } });
const two = {
  openapi: '3.2.0',
  paths: { '/x': { post: operation('Things_x') }, '/y': { get: operation('Things_y') } },
};
const one = { openapi: '3.2.0', paths: { '/y': { get: operation('Things_y') } } };

/** A `.changeset` folder with one changeset for each of the headers. */
function folderWith(...headers: string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'changesets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'README.md'), "---\n'@humanloop-v4/client': major\n---\n");
  headers.forEach((header, index) =>
    writeFileSync(path.join(folder, `${index}.md`), `---\n${header}\n---\n\nWords.\n`),
  );
  return folder;
}

const check = (base: typeof two | typeof one, revision: typeof two | typeof one, ...headers: string[]) =>
  checkChangesets(compareDocuments(base, revision), readWrittenLevels(folderWith(...headers)));

test('a removed operation needs a major, and the sentence names it', () => {
  const problems = check(two, one, "'@humanloop-v4/openapi': minor\n'@humanloop-v4/client': minor");
  expect(problems).toEqual([
    '@humanloop-v4/openapi: the document removed `POST /x`: major needed, minor written',
    '@humanloop-v4/types: the document removed `POST /x`: major needed, minor written',
    '@humanloop-v4/client: the document removed `POST /x`: major needed, minor written',
    '@humanloop-v4/contract-tests: the document removed `POST /x`: minor needed, none written',
  ]);
});

const all = (level: string) =>
  ['openapi', 'types', 'client', 'contract-tests'].map((name) => `'@humanloop-v4/${name}': ${level}`).join('\n');

test.each([
  { given: 'as much', headers: [all('major')], problems: 0 },
  {
    given: 'as much in several changesets',
    headers: [all('minor'), "'@humanloop-v4/types': major", "'@humanloop-v4/client': major"],
    problems: 0,
  },
  { given: 'less', headers: [all('patch')], problems: 4 },
  { given: 'nothing', headers: [], problems: 4 },
  { given: 'something of other packages only', headers: ["'other': major"], problems: 4 },
])('changesets that say $given leave $problems packages short of a removed operation', ({ headers, problems }) => {
  expect(check(two, one, ...headers)).toHaveLength(problems);
});

test('changesets that say more than is needed are fine', () => {
  expect(check(one, two, all('major'))).toEqual([]);
});

test('a document that did not change needs nothing', () => {
  expect(check(two, two)).toEqual([]);
});

test('what broke and what is new stand by resource, with the method of the client and what to do', () => {
  const revision = {
    openapi: '3.2.0',
    paths: { '/y': { get: operation('Things_y') }, '/z': { get: operation('ModelConfigs_z') } },
  };
  expect(describeUpgrade(two, revision, compareDocuments(two, revision))).toMatchInlineSnapshot(`
    "The API changed in ways that may stop your code from compiling or working.

    #### Model configs

    - New: \`GET /z\` (\`modelConfigs.z\`) is added.

    #### Things

    - **Breaking:** \`POST /x\` (\`things.x\`) is removed. Code that calls it no longer compiles, and the server answers 404. Remove the call; nothing takes its place."
  `);
});

const withBody = (schema: object, more = {}) => ({
  openapi: '3.2.0',
  components: { schemas: { Thing: { type: 'object', ...schema } } },
  paths: {
    '/x': {
      post: {
        ...operation('Things_x'),
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        ...more,
      },
    },
  },
});

test.each([
  {
    given: withBody({ properties: { a: { type: 'string' } } }),
    change: withBody({}),
    want: '- **Breaking:** The property `Thing.a` is removed. Code that sends it no longer compiles, and a closed body refuses it. Do not send `a`.',
  },
  {
    given: withBody({}),
    change: withBody({ properties: { a: { type: 'string', description: 'The first. And more.' } } }),
    want: '- New: The optional property `Thing.a` is added. The first.',
  },
  {
    given: withBody({ properties: { a: { type: 'integer' } } }),
    change: withBody({ properties: { a: { type: 'integer', maximum: 5 } } }),
    want: '- **Breaking:** `Thing.a`: `maximum` is added: `5`. A request that was accepted may be refused. Make sure that what you send fits.',
  },
  {
    given: withBody({}),
    change: withBody({}, { deprecated: true }),
    want: '- Deprecated: `POST /x` (`things.x`): it is deprecated. It still works; editors now strike it through.',
  },
  {
    given: withBody({}),
    change: withBody({}, { operationId: 'Things_send' }),
    want: '- **Breaking:** `POST /x` (`things.send`): the method `things.x` is now `things.send`. Call that, and use its new name in `operations`.',
  },
  {
    given: withBody({}),
    change: withBody({}, { parameters: [{ name: 'q', in: 'query', required: true, schema: {} }] }),
    want: '- **Breaking:** `POST /x` (`things.x`): the required query parameter `q` is added. Code that does not send it no longer compiles, and is refused. Send `q`.',
  },
])('people read: $want', ({ given, change, want }) => {
  expect(describeUpgrade(given, change, compareDocuments(given, change)).split('\n').at(-1)).toBe(want);
});

test('of a deprecated operation that is removed, its own advice is passed on', () => {
  const deprecated = {
    ...operation('Things_x'),
    deprecated: true,
    description: 'Makes a thing. Use `POST /y` instead.',
  };
  const base = { openapi: '3.2.0', paths: { '/x': { post: deprecated } } };
  const revision = { openapi: '3.2.0', paths: {} };
  expect(describeUpgrade(base, revision, compareDocuments(base, revision))).toContain('Use `POST /y` instead.');
});
