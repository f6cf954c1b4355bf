import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Document } from '../../src/document/document.ts';
import { listOperations } from '../../src/document/operations.ts';
import { assertAllSchemasCompile, createSchemas } from '../../src/document/schemas.ts';
import { messageOf } from '../../src/errors.ts';
import { listCases } from '../../src/suite/cases.ts';
import { writeFacts, writeStreamFacts } from '../../src/suite/fact-list.ts';
import { createSampler } from '../../src/suite/sample.ts';
import { writeRequestVerdicts, writeSchemaVerdicts } from '../../src/suite/verdict-list.ts';

const folder = path.join(import.meta.dirname, '../../test/verdicts');
const locked = (name: string): string => readFileSync(path.join(folder, `${name}.lock`), 'utf8');
const file = 'packages/contract-tests/test/verdicts.test.ts';

/**
 * What the tests of the locks say of a document (3.1), without starting vitest.
 *
 * A lock is the weakest of the judges: it shows the change to whoever reviews it, but does not know that it is wrong.
 *
 * @returns the test that notices; null when none does.
 */
export function findLock(document: Document): string | null {
  const tests: [string, () => boolean][] = [
    ['leave aside facts that no value is judged by', () => writeFacts(document) === locked('facts')],
    ['streams.lock', () => writeStreamFacts(listOperations(document)) === locked('streams')],
    ['refuses a schema that would go unchecked', () => (assertAllSchemasCompile(document), true)],
    ['on requests are those that were reviewed', () => requestVerdicts(document) === locked('requests')],
    ['on each named schema are those that were reviewed', () => schemaVerdicts(document) === locked('schemas')],
  ];
  for (const [name, holds] of tests) {
    try {
      if (!holds()) return `${file} › ${name}`;
    } catch (error) {
      return `${file} › ${name}: ${messageOf(error).slice(0, 60)}`;
    }
  }
  return null;
}

function requestVerdicts(document: Document): string {
  const schemas = createSchemas(document);
  const sources = { document, schemas, sample: createSampler(document, schemas) };
  return writeRequestVerdicts(
    document,
    listOperations(document).flatMap((operation) => listCases(sources, operation)),
  );
}

function schemaVerdicts(document: Document): string {
  const schemas = createSchemas(document);
  return writeSchemaVerdicts(document, schemas, createSampler(document, schemas));
}
