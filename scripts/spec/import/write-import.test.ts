import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { derive31 } from '../../../openapi/src/derive-3-1.ts';
import type { Document } from '../../../openapi/src/document.ts';
import { compareDocuments } from '../diff/compare-documents.ts';
import type { JsonObject } from '../json.ts';
import { readDocument, repository } from '../read-document.ts';
import { writeImport } from './write-import.ts';

const ours = path.join(repository, 'openapi');
const readStructure = () =>
  JSON.parse(readFileSync(path.join(ours, 'test/fixtures/v4-structure.json'), 'utf8')) as Structure;

/** As much of the published document as the tests change. */
interface Structure extends JsonObject {
  paths: Record<string, Record<string, JsonObject>>;
  components: { schemas: Record<string, { properties: JsonObject; required: string[]; enum: string[] }> };
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** Our document as it is when the tests begin, and its bundle. */
let before: string;
let bundled: JsonObject;
beforeAll(async () => {
  before = copyOfOurs();
  bundled = await readDocument(before);
});

function copyOfOurs(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'import-test-'));
  folders.push(folder);
  cpSync(ours, folder, {
    recursive: true,
    filter: (file) => !/node_modules|dist|test-results|\.turbo/.test(file.slice(ours.length)),
  });
  return folder;
}

/** Names of the files that an import may touch and that differ between two folders. */
function changedFiles(left: string, right: string): string[] {
  const patterns = ['*.yaml', 'paths/*', 'schemas/*', 'examples/*/*', 'test/fixtures/*.json'];
  const read = (folder: string, file: string) =>
    existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8') : undefined;
  return [...new Set([left, right].flatMap((folder) => globSync(patterns, { cwd: folder })))].filter(
    (file) => read(left, file) !== read(right, file),
  );
}

/** Imports what was published, changed; returns what that changes in our document. */
async function importChanged(change: (theirs: Structure) => void) {
  const folder = copyOfOurs();
  const theirs = readStructure();
  change(theirs);
  const result = await writeImport(theirs, folder);
  const changes = compareDocuments(bundled, await readDocument(folder));
  return {
    ...result,
    before,
    folder,
    changes: changes.map(({ level, place, message }) => `${level} ${place}: ${message}`),
  };
}

test('importing what our document follows already changes nothing', async () => {
  const { changes, folder } = await importChanged(() => undefined);
  expect(changes).toEqual([]);
  expect(changedFiles(folder, before)).toEqual([]);
});

describe('a revision with changes of many kinds', () => {
  let imported: Awaited<ReturnType<typeof importChanged>>;
  beforeAll(async () => {
    imported = await importChanged((theirs) => {
      delete theirs.paths['/sessions/{id}'];
      const session = theirs.components.schemas['SessionResponse'];
      session!.properties['colour'] = { type: 'string', title: 'Colour', description: 'Its colour.' };
      session!.properties['weight'] = { type: 'integer', description: 'In grams.' };
      session!.required.push('weight');
      session!.properties['painted_at'] = { type: 'string', format: 'date-time', nullable: true };
      theirs.components.schemas['FileType']!.enum.push('kettle');
      theirs.components.schemas['CreateDatasetRequest']!.properties['colour'] = { type: 'string' };
      theirs.paths['/colours'] = {
        get: {
          operationId: 'Colours_list',
          tags: ['Colours'],
          summary: 'List colours',
          responses: {
            '200': {
              description: 'Colours.',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Colour' } } },
            },
          },
        },
      };
      theirs.components.schemas['Colour'] = { type: 'object', properties: { name: { type: 'string' } } } as never;
    });
  });

  test('becomes the same changes of our document, in its way of writing', () => {
    expect(imported.changes).toEqual([
      'major GET /sessions/{id}: `GET /sessions/{id}` is removed',
      'minor GET /colours: `GET /colours` is added',
      'minor CreateDatasetRequest.colour: the optional property `colour` is added',
      'minor SessionResponse.painted_at: the optional property `painted_at` is added',
      'minor SessionResponse.weight: the required property `weight` is added',
      'minor SessionResponse.colour: the optional property `colour` is added',
      'minor SessionProjectResponse.type: the value `"kettle"` is named',
      'minor Colour: the schema `Colour` is added',
      'patch GET /sessions, answer 200, as application/json: `examples` changes',
      'patch tags: `tags` changes',
    ]);
  });

  test('writes a new property of an answer as nullable', () => {
    const text = readFileSync(path.join(imported.folder, 'schemas/sessions.yaml'), 'utf8');
    expect(text).toContain("    colour:\n      type: [string, 'null']\n      description: Its colour.\n");
  });

  test('writes a time that may be null as a choice between a timestamp and null', () => {
    const text = readFileSync(path.join(imported.folder, 'schemas/sessions.yaml'), 'utf8');
    expect(text).toContain(
      "    painted_at:\n      anyOf:\n        - $ref: common.yaml#/Timestamp\n        - type: 'null'\n",
    );
  });

  test('puts a new resource into files of its own, and says what is missing', () => {
    expect(imported.files).toContain('paths/colours.yaml');
    expect(imported.files).toContain('schemas/colours.yaml');
    expect(imported.toDecide).toContain(
      'GET /colours (Colours_list) is new: review its words, and add examples/Colours_list/.',
    );
  });

  test('writes a new property of an answer into its examples as null, and leaves their other lines alone', () => {
    const file = 'examples/Sessions_list/default.response.json';
    const [was, is] = [before, imported.folder].map((folder) => readFileSync(path.join(folder, file), 'utf8'));
    expect(is?.replaceAll(/,\n +"(colour|painted_at)": null/g, '')).toBe(was);
    expect(is).toContain('"colour": null');
    expect(is).not.toContain('"weight"');
  });

  test('keeps the examples and words of the operations that still exist, and drops those of removed ones', () => {
    expect(existsSync(path.join(imported.folder, 'examples/Sessions_get'))).toBe(false);
    expect(existsSync(path.join(imported.folder, 'examples/Sessions_list'))).toBe(true);
  });
});

describe('a revision that takes away what examples show', () => {
  let imported: Awaited<ReturnType<typeof importChanged>>;
  beforeAll(async () => {
    imported = await importChanged((theirs) => {
      delete theirs.components.schemas['DatasetResponse']!.properties['datapoint_count'];
      delete theirs.components.schemas['CreateDatasetRequest']!.properties['description'];
      delete theirs.paths['/projects/{id}/deployed-config/{environment_id}'];
      delete theirs.paths['/evaluators/{id}']!['patch']!['requestBody'];
    });
  });
  const read = (file: string) => readFileSync(path.join(imported.folder, file), 'utf8');

  test('takes the properties out of the examples of answers and requests', () => {
    expect(readFileSync(path.join(before, 'examples/Datasets_get/default.response.json'), 'utf8')).toContain(
      'datapoint_count',
    );
    expect(read('examples/Datasets_get/default.response.json')).not.toContain('datapoint_count');
    expect(read('examples/Datasets_create/default.request.json')).not.toContain('description');
  });

  test('drops the examples of a body that is gone, and keeps those of its answers', () => {
    expect(existsSync(path.join(imported.folder, 'examples/Evaluators_update/default.request.json'))).toBe(false);
    expect(existsSync(path.join(imported.folder, 'examples/Evaluators_update/default.response.json'))).toBe(true);
  });
});

test('what the client could not be generated from is refused, and no file changes', async () => {
  const folder = copyOfOurs();
  const theirs = readStructure();
  theirs.paths['/colours'] = {
    get: { operationId: 'colours', summary: 'List colours', responses: { '200': { description: 'Ok.' } } },
  };
  await expect(writeImport(theirs, folder)).rejects.toThrow('an operationId has the form Resource_method');
  expect(changedFiles(folder, before)).toEqual([]);
});

describe('a bundle of ours', () => {
  test.each(['3.2', '3.1'])('in %s, unchanged, changes nothing', async (version) => {
    const folder = copyOfOurs();
    const theirs = version === '3.1' ? asJson(derive31(bundled as unknown as Document)) : bundled;
    const { toDecide } = await writeImport(theirs, folder);
    expect(changedFiles(folder, before)).toEqual([]);
    expect(toDecide).toEqual([]);
  });

  test('that was changed by hand becomes the same changes of our files', async () => {
    const folder = copyOfOurs();
    const theirs = asJson(bundled);
    const { paths, components } = theirs as unknown as Structure;
    delete paths['/sessions/{id}'];
    components.schemas['SessionResponse']!.properties['colour'] = {
      type: ['string', 'null'],
      description: 'Its colour.',
    };
    const stream = JSON.parse(
      JSON.stringify(paths['/chat']!['post']).replaceAll('Chats_create', 'Chats_createAgain'),
    ) as JsonObject;
    paths['/chat-again'] = { post: { ...stream, summary: 'Chat again' } };
    await writeImport(theirs, folder);
    const changes = compareDocuments(bundled, await readDocument(folder));
    expect(changes.map(({ level, place, message }) => `${level} ${place}: ${message}`)).toEqual([
      'major GET /sessions/{id}: `GET /sessions/{id}` is removed',
      'minor POST /chat-again: `POST /chat-again` is added',
      'minor SessionResponse.colour: the optional property `colour` is added',
      'patch GET /sessions, answer 200, as application/json: `examples` changes',
    ]);
    expect(changedFiles(folder, before).toSorted()).toEqual(
      [
        'openapi.yaml',
        'paths/chats.yaml',
        'paths/sessions.yaml',
        'schemas/sessions.yaml',
        'examples/Sessions_list/default.response.json',
        ...globSync('examples/Sessions_get/*', { cwd: before }),
      ].toSorted(),
    );
  });
});

function asJson(document: object): JsonObject {
  return JSON.parse(JSON.stringify(document)) as JsonObject;
}
