import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Document } from '../../src/document.ts';
import { compare } from './compare.ts';
import { explain, type Explanation, type Outcome } from './explain.ts';

interface DifferencesFile {
  splits: Record<string, string>;
  differences: Explanation[];
}

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '..', file), 'utf8');
/** The published structure of v4. */
export const original: Document = JSON.parse(read('fixtures/v4-structure.json'));
const { splits, differences }: DifferencesFile = parse(read('v4-differences.yaml'));

/** The differences that v4-differences.yaml gives reasons for. */
export const explanations: readonly Explanation[] = differences;

/** Compares a document with the published structure of v4, by the explanations of v4-differences.yaml. */
export function compareWithOriginal(ours: Document): Outcome {
  return explain(compare(withSplits(original), ours), differences);
}

function withSplits(document: Document): Document {
  const { schemas } = document.components;
  const copies = Object.entries(splits).map(([ourName, theirName]) => [ourName, schemas[theirName]]);
  return {
    ...document,
    components: { ...document.components, schemas: { ...schemas, ...Object.fromEntries(copies) } },
  };
}
