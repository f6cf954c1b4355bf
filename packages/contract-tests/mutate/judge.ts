import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Document } from '../src/document/document.ts';
import { listOperations } from '../src/document/operations.ts';
import { assertAllSchemasCompile, createSchemas } from '../src/document/schemas.ts';
import { messageOf } from '../src/errors.ts';
import { listCases } from '../src/suite/cases.ts';
import { writeFacts, writeStreamFacts } from '../src/suite/fact-list.ts';
import { createSampler } from '../src/suite/sample.ts';
import { parseEvents } from '../src/suite/stream-events.ts';
import { writeRequestVerdicts, writeSchemaVerdicts } from '../src/suite/verdict-list.ts';

const folder = path.join(import.meta.dirname, '../test/verdicts');
const locked = (name: string): string => readFileSync(path.join(folder, `${name}.lock`), 'utf8');

/**
 * The checks of the suite that look at the document alone, the quickest first. What they do is what the tests of the
 * same names do; the rest of the suite needs servers and takes a minute.
 *
 * @returns the first that notices a change of the document; null when none does.
 */
export function findKiller(document: Document): string | null {
  const checks: [string, () => boolean][] = [
    ['facts.lock', () => writeFacts(document) === locked('facts')],
    ['streams.lock', () => writeStreamFacts(listOperations(document)) === locked('streams')],
    ['the mock starts', () => (assertAllSchemasCompile(document), true)],
    ['examples are valid', () => examplesAreValid(document)],
    ['requests.lock', () => requestVerdicts(document) === locked('requests')],
    ['schemas.lock', () => schemaVerdicts(document) === locked('schemas')],
  ];
  for (const [name, holds] of checks) {
    try {
      if (!holds()) return name;
    } catch (error) {
      return `${name} (${messageOf(error).slice(0, 60)})`;
    }
  }
  return null;
}

export function requestVerdicts(document: Document): string {
  const schemas = createSchemas(document);
  const sources = { document, schemas, sample: createSampler(document, schemas) };
  const cases = listOperations(document).flatMap((operation) => listCases(sources, operation));
  return writeRequestVerdicts(document, cases);
}

export function schemaVerdicts(document: Document): string {
  const schemas = createSchemas(document);
  return writeSchemaVerdicts(document, schemas, createSampler(document, schemas));
}

/** Whether every example of a body, an answer and a parameter is valid, stream examples event by event. */
export function examplesAreValid(document: Document): boolean {
  const schemas = createSchemas(document);
  return listOperations(document).every((operation) => {
    const contents = [...(operation.body?.content ?? []), ...operation.responses.flatMap(({ content }) => content)];
    const valid = contents.every(({ schema, itemSchema, examples }) =>
      examples.every(({ value }) =>
        itemSchema
          ? parseEvents(String(value)).every((event) => schemas.check(itemSchema, event).length === 0)
          : !schema || schemas.check(schema, value).length === 0,
      ),
    );
    return valid && operation.parameters.every(({ schema, example }) => schemas.check(schema, example).length === 0);
  });
}
