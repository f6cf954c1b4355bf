import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { bundle } from '../../../openapi/src/bundle.ts';
import type { Document } from '../../../openapi/src/document.ts';
import { declaredProperties } from '../../../openapi/test/examples/visit-properties.ts';
import { readOperations } from '../../../packages/codegen/src/index.ts';
import { asObject, isEqual, type JsonObject } from '../json.ts';
import { UsageError } from '../read-document.ts';
import { adaptExamples, adaptExceptions, listExampleFiles } from './adapt-examples.ts';
import { withoutWords } from './conventions.ts';
import { editYaml } from './edit-yaml.ts';
import { isOurs, mergeImport } from './merge.ts';
import { OwnFiles } from './own-files.ts';
import { upgradeTo32 } from './upgrade.ts';

/** The published document that our files follow, without its words: the base of the next import. */
const structureFile = 'test/fixtures/v4-structure.json';
const differencesFile = 'test/v4-differences.yaml';
const exceptionsFile = 'test/examples-without-value.yaml';

export interface Import {
  /** Files that changed, from the folder of the document. */
  files: string[];
  /** What a person has to decide or write, in sentences. */
  toDecide: string[];
}

/**
 * Takes an OpenAPI document over into our files: all of it, or, when it cannot become ours, nothing.
 *
 * @param theirs - the parsed document, checked.
 * @param folder - the folder of our document.
 * @throws {UsageError} when the result could not be bundled, or the client could not be generated from it.
 */
export async function writeImport(theirs: JsonObject, folder: string): Promise<Import> {
  const draft = await mkdtemp(path.join(tmpdir(), 'spec-import-'));
  try {
    const isSource = (file: string) =>
      !/[/\\](node_modules|dist|test-results|\.turbo)([/\\]|$)/.test(file.slice(folder.length));
    await cp(folder, draft, { recursive: true, filter: isSource });
    const before = await bundle(path.join(draft, 'openapi.yaml'));
    const result = await writeDraft(theirs, draft, before);
    const after = await checkDraft(draft);
    await adaptToDocument(draft, before, after, result);
    await writeFiles(folder, result);
    return { files: [...result.texts.keys(), ...result.unusedExamples], toDecide: result.toDecide };
  } finally {
    await rm(draft, { recursive: true });
  }
}

interface Draft {
  texts: Map<string, string>;
  /** Folders of examples, by operationId. */
  removedExamples: string[];
  /** Files of examples that nothing refers to any more. */
  unusedExamples: string[];
  renamedExamples: [string, string][];
  toDecide: string[];
}

async function writeDraft(theirs: JsonObject, draft: string, bundled: Document): Promise<Draft> {
  const read = (file: string) => readFile(path.join(draft, file), 'utf8');
  const published = JSON.parse(await read(structureFile)) as JsonObject;
  // A changed bundle of ours is compared with our bundle; the published revision that we follow stays the same.
  const base = isOurs(theirs) ? (bundled as JsonObject) : published;
  const { splits } = parse(await read(differencesFile)) as { splits: Record<string, string> };
  const before = OwnFiles.read(draft);
  const own = OwnFiles.read(draft);
  const merged = mergeImport(upgrade(base), upgrade(theirs), own, isOurs(theirs) ? {} : splits);
  const texts = new Map<string, string>();
  for (const [file, value] of own.files) {
    if (isEqual(before.files.get(file), value)) continue;
    texts.set(file, editYaml(before.files.has(file) ? await read(file) : '', value));
  }
  const structure = structureOf(theirs);
  if (!isOurs(theirs) && !isEqual(published, structure))
    texts.set(structureFile, `${JSON.stringify(structure, undefined, 1)}\n`);
  const isLeft = new Set(listExampleFiles(own).map(({ file }) => file));
  const gone = new Set([...merged.removedExamples, ...merged.renamedExamples.map(([id]) => id)]);
  const unusedExamples = [...new Set(listExampleFiles(before).map(({ file }) => file))].filter(
    (file) => !isLeft.has(file) && !gone.has(file.split('/')[1] ?? ''),
  );
  const result = { texts, unusedExamples, ...merged };
  await writeFiles(draft, result);
  return result;
}

function upgrade(document: JsonObject): JsonObject {
  try {
    return upgradeTo32(document);
  } catch (error) {
    throw new UsageError(`The document cannot be upgraded to 3.2: ${(error as Error).message}`, { cause: error });
  }
}

function structureOf(document: JsonObject): JsonObject {
  const { title, version } = asObject(document['info']);
  return { ...asObject(withoutWords(document)), info: { title, version } };
}

/** @throws {UsageError} when the files do not make a document that a client can be generated from. */
async function checkDraft(draft: string): Promise<Document> {
  try {
    const document = await bundle(path.join(draft, 'openapi.yaml'));
    readOperations(document as unknown as Parameters<typeof readOperations>[0]);
    return document;
  } catch (error) {
    throw new UsageError(`The document cannot be taken over: ${(error as Error).message}`, { cause: error });
  }
}

/** Takes over into examples, and into the list of properties without one, what nobody has to decide. */
async function adaptToDocument(draft: string, before: Document, after: Document, result: Draft): Promise<void> {
  const earlierIds = new Map(result.renamedExamples.map(([was, is]) => [is, was]));
  const examples = adaptExamples(draft, OwnFiles.read(draft), before, after, earlierIds);
  for (const [file, text] of examples) result.texts.set(file, text);
  const exceptions = await readFile(path.join(draft, exceptionsFile), 'utf8');
  const [had, has] = [before, after].map(({ components }) => {
    const schemas = Object.entries(components.schemas);
    return new Set(schemas.flatMap(([name, schema]) => declaredProperties(name, schema)));
  });
  const adapted = adaptExceptions(exceptions, (name) => had?.has(name) === true && has?.has(name) === false);
  if (adapted !== exceptions) result.texts.set(exceptionsFile, adapted);
}

async function writeFiles(folder: string, result: Draft): Promise<void> {
  const { texts, removedExamples, renamedExamples, unusedExamples } = result;
  const examples = (id: string) => path.join(folder, 'examples', id);
  for (const file of unusedExamples) await rm(path.join(folder, file), { force: true });
  for (const id of removedExamples) await rm(examples(id), { recursive: true, force: true });
  for (const [before, after] of renamedExamples)
    if (existsSync(examples(before))) await rename(examples(before), examples(after));
  for (const [file, text] of texts) {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    // A file with nothing left in it goes.
    if (file.endsWith('.yaml') && ['', '{}'].includes(text.trim())) await rm(target, { force: true });
    else await writeFile(target, text);
  }
}
