import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { isObject, type JsonObject } from '../json.ts';
import type { Level } from './rules.ts';

/** One change between two documents, and how it is to be judged. */
export interface Pair {
  name: string;
  base: JsonObject;
  revision: JsonObject;
  want: Level;
  because: string;
}

/** A pair as the YAML files write it. */
interface WrittenPair {
  name: string;
  given: unknown;
  change: unknown;
  want: Level | Record<'request' | 'response', Level>;
  because: string;
  /** Version of both documents, or of each; 3.2.0 unless stated. */
  openapi?: string | [string, string];
}

interface PairFile {
  place: 'schema' | 'property' | 'operation' | 'document';
  /** Whether the change is to be judged the same backwards. */
  reversible?: boolean;
  pairs: WrittenPair[];
}

const folder = path.join(import.meta.dirname, '../pairs');
const skeleton = readFileSync(path.join(folder, 'skeleton.yaml'), 'utf8');

/** Reads all pairs, each as two whole documents. A schema is tried in a request and in an answer. */
export function readPairs(): Pair[] {
  return globSync('*.yaml', { cwd: folder })
    .filter((file) => file !== 'skeleton.yaml')
    .toSorted()
    .flatMap((file) => readFile(file));
}

function readFile(file: string): Pair[] {
  const { place, reversible, pairs } = parse(readFileSync(path.join(folder, file), 'utf8')) as PairFile;
  return pairs
    .flatMap((pair) => toPairs(pair, place))
    .flatMap((pair) =>
      reversible
        ? [pair, { ...pair, name: `${pair.name}, backwards`, base: pair.revision, revision: pair.base }]
        : [pair],
    )
    .map((pair) => ({ ...pair, name: `${file.replace('.yaml', '')}: ${pair.name}` }));
}

function toPairs(
  { name, given, change, want, because, openapi = '3.2.0' }: WrittenPair,
  place: PairFile['place'],
): Pair[] {
  const versions = typeof openapi === 'string' ? [openapi, openapi] : openapi;
  const [base, revision] = [given, change].map((fragment, index) => ({ fragment, version: versions[index] }));
  if (!base || !revision) return [];
  if (place === 'document' || place === 'operation') {
    const make = ({ fragment, version }: typeof base) =>
      merge(
        emptyDocument(version),
        place === 'document' ? fragment : { paths: { '/things/{id}': { post: fragment } } },
      );
    return [{ name, base: make(base), revision: make(revision), want: want as Level, because }];
  }
  return (['request', 'response'] as const).map((direction) => {
    const make = ({ fragment, version }: typeof base) => {
      const content = {
        'application/json': {
          schema: {
            type: 'object',
            ...(place === 'schema' && { required: ['value'] }),
            properties: { value: fragment },
          },
        },
      };
      const operation = direction === 'request' ? { requestBody: { content } } : { responses: { '200': { content } } };
      return merge(emptyDocument(version), { paths: { '/things/{id}': { post: operation } } });
    };
    const level = typeof want === 'string' ? want : want[direction];
    return { name: `${name} (${direction})`, base: make(base), revision: make(revision), want: level, because };
  });
}

function emptyDocument(openapi: string | undefined): JsonObject {
  return { ...(parse(skeleton) as JsonObject), openapi };
}

/** Merges objects key by key, as a JSON merge patch does (RFC 7396), except that a schema replaces what was there. */
function merge(target: unknown, patch: unknown): JsonObject {
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(isObject(patch) ? patch : {})) {
    if (value === null) delete result[key];
    else if (isObject(value) && key !== 'value' && !(key in { schema: 0, itemSchema: 0 }))
      result[key] = merge(result[key], value);
    else result[key] = value;
  }
  return result;
}
