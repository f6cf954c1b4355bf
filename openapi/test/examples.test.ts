/** The examples keep their schemas, and show all that the schemas declare. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { bundle } from '../src/bundle.ts';
import { checkStream } from '../src/check-stream.ts';
import { operations } from '../src/document.ts';
import { readEvents } from '../src/read-events.ts';
import { createValidate } from '../src/validate.ts';
import { contentsOf, exampleStreams, exampleValues } from './examples/collect.ts';
import { declaredProperties, visitProperties } from './examples/visit-properties.ts';
import { directions } from './v4-facts/directions.ts';

const document = await bundle();
const { components } = document;
const validate = createValidate({ components });
const values = [...exampleValues(document)];
const streams = [...exampleStreams(document)];
const contents = streams.flatMap((stream) => [...contentsOf(stream, document, validate)]);

describe.each([...operations(document)].map(({ operation }) => operation.operationId))('%s', (id) => {
  const isOwn = ({ operationId }: { operationId: string }) => operationId === id;

  test('has examples that keep their schemas', () => {
    const valueProblems = values
      .filter(isOwn)
      .flatMap(({ place, schema, value }) =>
        validate(schema, value).map(({ pointer, message }) => `${place}: ${pointer} ${message}`),
      );
    const streamProblems = streams
      .filter(isOwn)
      .flatMap(({ name, itemSchema, text }) =>
        checkStream(text, itemSchema, document, validate).map(({ line, message }) => `${name}:${line}: ${message}`),
      );
    const problems = [...valueProblems, ...streamProblems];
    expect(problems, problems.join('\n')).toEqual([]);
  });

  test('answers with every declared property, as the server does', () => {
    const answers = [...values, ...contents].filter(isOwn).filter(({ direction }) => direction === 'response');
    const missing = answers.flatMap(({ place, schema, value }) =>
      visitProperties(document, validate, schema, value)
        .filter((visited) => visited.value === undefined)
        .map(({ pointer }) => `${place}: ${pointer}`),
    );
    expect(missing, `No value of:\n${missing.join('\n')}`).toEqual([]);
  });
});

describe('all examples together', () => {
  const sent = directions(document);
  const declared = new Set(
    Object.entries(components.schemas)
      .filter(([name]) => sent.has(name))
      .flatMap(([name, schema]) => declaredProperties(name, schema)),
  );
  const events = streams.flatMap(({ itemSchema, text }) =>
    readEvents(text).events.map(({ event }) => ({ schema: itemSchema, value: event })),
  );
  const shown = new Set(
    [...values, ...contents, ...events]
      .flatMap(({ schema, value }) => visitProperties(document, validate, schema, value))
      .filter(({ value }) => value !== undefined && value !== null)
      .map(({ property }) => property),
  );
  const file = readFileSync(path.join(import.meta.dirname, 'examples-without-value.yaml'), 'utf8');
  const excepted = new Set((parse(file) as { properties: string[] }[]).flatMap(({ properties }) => properties));

  test('show a value of every declared property, but for examples-without-value.yaml', () => {
    const missing = [...declared].filter((property) => !shown.has(property) && !excepted.has(property));
    expect(missing, coverage(declared, missing)).toEqual([]);
  });

  test('lack all that examples-without-value.yaml says they lack', () => {
    const gone = [...excepted].filter((property) => !declared.has(property));
    expect(gone, `The document has no such property any more: ${gone.join(', ')}`).toEqual([]);
    const found = [...excepted].filter((property) => shown.has(property));
    expect(found, `An example shows a value of: ${found.join(', ')}`).toEqual([]);
  });
});

/** One line for each schema that lacks something: `ChatResponse: 11 of 12, without user`. */
function coverage(declared: Set<string>, missing: string[]): string {
  const schemas = [...new Set(missing.map((property) => property.split('.')[0] ?? ''))];
  return schemas
    .map((schema) => {
      const isOfSchema = (property: string) => property.startsWith(`${schema}.`);
      const all = [...declared].filter(isOfSchema).length;
      const lacking = missing.filter(isOfSchema).map((property) => property.slice(schema.length + 1));
      return `${schema}: ${all - lacking.length} of ${all}, without ${lacking.join(', ')}`;
    })
    .join('\n');
}
