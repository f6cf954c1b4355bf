import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { bundleAnything } from '../../openapi/src/bundle.ts';
import { asObject, asText, isObject, type JsonObject } from './json.ts';
import { references } from './references.ts';
import { SpecDocument } from './spec-document.ts';

/** What a person did wrong, in one sentence; printed without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const repository = path.join(import.meta.dirname, '../..');
/** The root file of our own document, from the root of the repository. */
export const ourDocument = 'openapi/openapi.yaml';

/**
 * Reads an OpenAPI document and puts its files into one.
 *
 * @param source - a file; a git revision, for our document as it was then; or `revision:path`, for a file of then.
 * @throws {UsageError} when there is no such thing, or it is no OpenAPI 3 document whose references all lead somewhere.
 */
export async function readDocument(source: string): Promise<JsonObject> {
  const document = await readSource(source);
  checkReferences(document, source);
  return document;
}

async function readSource(source: string): Promise<JsonObject> {
  const local = path.resolve(source);
  if (existsSync(local)) {
    const file = (await stat(local)).isDirectory() ? path.join(local, 'openapi.yaml') : local;
    return readFileWithParts(file, source);
  }
  const [revision = '', file = ourDocument] = source.split(/:(.*)/s, 2);
  if (!isRevision(revision)) throw new UsageError(`${source} is neither a file nor a git revision.`);
  return readRevision(revision, file, source);
}

function isRevision(revision: string): boolean {
  try {
    git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
    return !revision.startsWith('-');
  } catch {
    return false; // the caller says so in a sentence
  }
}

/** Takes the folder of the document out of the revision, since its other files are needed too. */
async function readRevision(revision: string, file: string, source: string): Promise<JsonObject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spec-diff-'));
  try {
    const directory = path.posix.dirname(file);
    const archive = git('archive', '--format=tar', revision, ...(directory === '.' ? [file] : [directory]));
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    return await readFileWithParts(path.join(folder, file), source);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The revision ${revision} has no ${file}.`, { cause: error });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readFileWithParts(file: string, source: string): Promise<JsonObject> {
  const document = parseOpenApi(await readFile(file, 'utf8'), source);
  if (!externalReferences(document).length) return document;
  try {
    return await bundleAnything(file);
  } catch (error) {
    const problems = bundlingProblems((error as Error).message, path.dirname(file));
    throw new UsageError(`${source} cannot be put into one file:\n${problems}`, { cause: error });
  }
}

/** More problems than this are counted, not listed: one missing file gives one for each reference to it. */
const listedProblems = 5;

/** What Redocly says, a line a problem: file, line, column, what is wrong. */
function bundlingProblems(output: string, folder: string): string {
  const found = [...output.matchAll(/^\[\d+\] (\S+) at .*\n+(.+)$/gm)].map(([, at = '', problem = '']) => {
    const line = `  ${path.resolve(at)}: ${problem}`;
    return line.replaceAll(`${path.resolve(folder)}${path.sep}`, '');
  });
  if (found.length === 0) return output;
  const more = found.length - listedProblems;
  return [...found.slice(0, listedProblems), ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

/**
 * Parses JSON or YAML that is to be an OpenAPI 3 document.
 *
 * @throws {UsageError} when it is not.
 */
export function parseOpenApi(text: string, source: string): JsonObject {
  const parsed = parseDocument(text, { merge: true, logLevel: 'silent' });
  const [problem] = parsed.errors;
  if (problem) throw new UsageError(`${source} is neither JSON nor YAML: ${problem.message.split('\n')[0]}`);
  const document: unknown = parsed.toJS({ maxAliasCount: -1 });
  if (!isObject(document) || (document['openapi'] === undefined && document['swagger'] === undefined)) {
    throw new UsageError(`${source} is not an OpenAPI document: it has no \`openapi\` field.`);
  }
  const version = asText(document['openapi'] ?? `Swagger ${asText(document['swagger'])}`);
  if (!/^3\.[012](\.|$)/.test(version)) {
    throw new UsageError(`${source} is ${version}; only OpenAPI 3.0, 3.1 and 3.2 can be read.`);
  }
  return document;
}

/** References to other files; those to the document's own address and to schemas with an `$id` are not. */
export function externalReferences(document: JsonObject): { reference: string; pointer: string }[] {
  const spec = new SpecDocument(document);
  return [...references(document)].filter(({ reference, pointer }) => {
    if (reference.startsWith('#')) return false;
    try {
      spec.resolve(reference, pointer);
      return false;
    } catch {
      return true; // not in this document, so in another
    }
  });
}

/** @throws {UsageError} that names each reference that leads nowhere. */
export function checkReferences(document: JsonObject, source: string): void {
  const spec = new SpecDocument(document);
  const broken = [...references(document)].filter(({ reference, pointer }) => {
    try {
      spec.resolve(reference, pointer);
      return false;
    } catch {
      return true; // named below
    }
  });
  if (broken.length === 0) return;
  const list = broken.map(({ reference, pointer }) => `  ${reference} (at #${pointer})`).join('\n');
  throw new UsageError(`${source} has references that lead nowhere:\n${list}`);
}

/** Runs git in the repository. */
export function git(...args: string[]): Buffer {
  return execFileSync('git', args, {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  });
}

/** The `info.title` and `info.version` of a document, for people. */
export function titleOf(document: JsonObject): string {
  const { title, version } = asObject(document['info']);
  return `${String(title)} ${String(version)}`;
}
