/** The life of a release, as a maintainer and a consumer live it, against a real registry on loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRegistry, type Registry } from './registry.ts';
import { compile, copyRepository, createConsumer, type Folder } from './workspace.ts';

const client = '@humanloop-v4/client';
const types = '@humanloop-v4/types';

const oldCode = `import { Humanloop } from '${client}';
import type { CreateDatasetRequest } from '${types}';

const humanloop = new Humanloop({ apiKey: 'key', baseUrl: 'http://127.0.0.1:4010/v4' });
const dataset: CreateDatasetRequest = { name: 'A', description: 'B' };
const session = await humanloop.sessions.get({ id: 'sesh_1' });
console.log(dataset.name, session.id);
`;
const lineOfRemoved = oldCode.split('\n').findIndex((line) => line.includes('sessions.get')) + 1;

let folder: string;
let registry: Registry;
let maintainer: Folder;
let consumer: Folder;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'release-'));
  registry = await startRegistry(path.join(folder, 'registry'));
  maintainer = copyRepository(path.join(folder, 'maintainer'), registry.npmrc);
  consumer = createConsumer(path.join(folder, 'consumer'), registry.npmrc, oldCode);
});

afterAll(() => {
  registry?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const release = () => maintainer.mustRun('node', 'scripts/release.ts');

/** Adds an optional property to the request that makes a dataset, as a maintainer would: in one YAML file. */
function addProperty(name: string): void {
  const file = 'openapi/schemas/datasets.yaml';
  const property = `    ${name}:\n      type: string\n      description: Of the story.\n`;
  const text = maintainer.read(file);
  const edited = text.replace(/(CreateDatasetRequest:\n(?: {2}.*\n)*? {2}properties:\n)/, `$1${property}`);
  if (edited === text) throw new Error(`${file} has no CreateDatasetRequest with properties.`);
  maintainer.write(file, edited);
}

/** Generates, writes the changeset, commits. Returns what the changeset says. */
function changeDocument(message: string): string {
  maintainer.mustRun('pnpm', 'generate');
  maintainer.mustRun('node', 'scripts/spec/spec-changeset.ts');
  const changeset = maintainer.read('.changeset/document.md');
  maintainer.mustRun('git', 'add', '--all');
  maintainer.mustRun('git', 'commit', '--quiet', '--message', message);
  return changeset;
}

test.each([
  { given: 'uncommitted changes', file: 'notes.md', want: 'There are uncommitted changes' },
  { given: 'nobody signed in', file: undefined, want: 'Run `npm login`' },
])('a release with $given stops before it changes anything', ({ file, want }) => {
  if (file) maintainer.write(file, 'To do.');
  else maintainer.write('.npmrc', registry.npmrc.split('\n')[0] ?? '');
  const { status, output } = maintainer.run('node', 'scripts/release.ts');
  if (file) rmSync(path.join(maintainer.path, file));
  else maintainer.write('.npmrc', registry.npmrc);
  expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining(want) as string });
});

describe('1.0.0', () => {
  test('is published, with every package', () => {
    const output = release();
    for (const name of ['openapi', 'types', 'client', 'contract-tests']) {
      expect(output).toContain(`@humanloop-v4/${name}@1.0.0`);
    }
    expect(maintainer.mustRun('git', 'tag', '--list')).toContain('@humanloop-v4/openapi@1.0.0');
  });

  test('is installed by a consumer, whose code compiles', () => {
    consumer.mustRun('npm', 'install', '--no-audit', '--no-fund', client, types);
    expect([consumer.version(client), consumer.version(types)]).toEqual(['1.0.0', '1.0.0']);
    expect(compile(consumer)).toEqual({ status: 0, output: '' });
  });
});

describe('an optional property', () => {
  test('does not pass the check without a changeset', () => {
    addProperty('colour');
    const { status, output } = maintainer.run('node', 'scripts/spec/spec-changeset.ts', '--check');
    expect(status).toBe(1);
    expect(output).toContain('minor needed, none written');
  });

  test('is released as a minor', () => {
    expect(changeDocument('Datasets have a colour')).toContain("'@humanloop-v4/client': minor");
    release();
    consumer.mustRun('npm', 'update', '--no-audit', '--no-fund');
    expect([consumer.version(client), consumer.version(types)]).toEqual(['1.1.0', '1.1.0']);
  });

  test('leaves old code as it is, and is there for new code', () => {
    expect(compile(consumer)).toEqual({ status: 0, output: '' });
    consumer.write('index.ts', oldCode.replace("description: 'B'", "description: 'B', colour: 'red'"));
    expect(compile(consumer)).toEqual({ status: 0, output: '' });
    consumer.write('index.ts', oldCode);
  });
});

describe('a removed operation', () => {
  test('is released as a major, with words for those who upgrade', () => {
    const published = JSON.parse(maintainer.read('openapi/test/fixtures/v4-structure.json')) as {
      paths: Record<string, unknown>;
    };
    delete published.paths['/sessions/{id}'];
    maintainer.write('revision.json', JSON.stringify(published));
    const output = maintainer.mustRun('node', 'scripts/spec/spec-import.ts', 'revision.json');
    expect(output).toContain('`GET /sessions/{id}` is removed');
    rmSync(path.join(maintainer.path, 'revision.json'));
    const changeset = changeDocument('Sessions are no longer read one by one');
    expect(changeset).toContain("'@humanloop-v4/client': major");
    release();
    expect(maintainer.read('packages/client/CHANGELOG.md')).toContain(
      '`GET /sessions/{id}` (`sessions.get`) is removed',
    );
  });

  test('does not reach those who stay in their range', () => {
    consumer.mustRun('npm', 'update', '--no-audit', '--no-fund');
    expect([consumer.version(client), consumer.version(types)]).toEqual(['1.1.0', '1.1.0']);
    expect(compile(consumer)).toEqual({ status: 0, output: '' });
  });

  test('stops the code of those who upgrade at the line that calls it', () => {
    consumer.mustRun('npm', 'install', '--no-audit', '--no-fund', `${client}@2`, `${types}@2`);
    const { status, output } = compile(consumer);
    expect(status).not.toBe(0);
    const errors = output.split('\n').filter((line) => line.includes('error TS'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(new RegExp(`^index\\.ts\\(${lineOfRemoved},\\d+\\): error TS2339: .*'get'`));
  });
});

describe('a pre-release', () => {
  test('is published under a tag of its own', () => {
    maintainer.mustRun('pnpm', 'changeset', 'pre', 'enter', 'next');
    addProperty('shape');
    changeDocument('Datasets have a shape');
    release();
    const tags = JSON.parse(consumer.mustRun('npm', 'view', client, 'dist-tags', '--json')) as Record<string, string>;
    expect(tags).toEqual({ latest: '2.0.0', next: '2.1.0-next.0' });
  });

  test('is there for those who ask for it', () => {
    consumer.mustRun('npm', 'install', '--no-audit', '--no-fund', `${client}@next`, `${types}@next`);
    consumer.write(
      'index.ts',
      `import type { CreateDatasetRequest } from '${types}';\n\nexport const shape: CreateDatasetRequest['shape'] = 'round';\n`,
    );
    expect(compile(consumer)).toEqual({ status: 0, output: '' });
  });

  test('becomes the release that it led to', () => {
    maintainer.mustRun('pnpm', 'changeset', 'pre', 'exit');
    maintainer.mustRun('git', 'commit', '--all', '--quiet', '--message', 'Leave pre-releases');
    release();
    const tags = JSON.parse(consumer.mustRun('npm', 'view', client, 'dist-tags', '--json')) as Record<string, string>;
    expect(tags['latest']).toBe('2.1.0');
  });
});
