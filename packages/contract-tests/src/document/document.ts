import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ContractError, messageOf } from '../errors.ts';

/** An OpenAPI document in the 3.1 form that `@humanloop-v4/openapi` derives from its 3.2 bundle. */
export interface Document {
  openapi: string;
  jsonSchemaDialect?: string;
  servers?: { url: string; variables?: Record<string, { default: string }> }[];
  security?: Record<string, string[]>[];
  paths: Record<string, Record<string, unknown>>;
  components?: Record<string, Record<string, unknown>>;
}

/** Where the documents of `@humanloop-v4/openapi` lie: the bundle (3.2) and the form for Prism (3.1). */
export function documentPath(name: 'openapi.json' | 'openapi-3.1.json'): string {
  try {
    return createRequire(import.meta.url).resolve(`@humanloop-v4/openapi/${name}`);
  } catch (error) {
    throw new ContractError(
      'not-built',
      `${name} of @humanloop-v4/openapi is missing. Run \`pnpm build\`, which makes it.`,
      { cause: error },
    );
  }
}

/**
 * Reads a document from a file.
 *
 * @param file - a path; by default the 3.1 document of `@humanloop-v4/openapi`.
 * @throws {ContractError} `not-built` or `bad-document`.
 */
export async function readDocument(file: string = documentPath('openapi-3.1.json')): Promise<Document> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ContractError('bad-document', `The document ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new ContractError(
      'bad-document',
      `The document ${file} is not JSON: ${messageOf(error).replaceAll(/\s+/g, ' ')}.`,
      { cause: error },
    );
  }
  if (!isRecord(document) || !isRecord(document['paths']) || typeof document['openapi'] !== 'string') {
    throw new ContractError('bad-document', `The document ${file} is not an OpenAPI document: it has no paths.`);
  }
  return document as unknown as Document;
}

/** The path of the document's first server, such as `/v4`; `''` when it has none. */
export function basePathOf(document: Document): string {
  const server = document.servers?.[0];
  if (!server) return '';
  const variables = server.variables ?? {};
  const url = server.url.replaceAll(/\{(.+?)\}/g, (_, name: string) => variables[name]?.default ?? '');
  return new URL(url, 'http://127.0.0.1').pathname.replace(/\/+$/, '');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
