import { isRecord, type Document } from '../document/document.ts';
import { listOperations, type Operation } from '../document/operations.ts';
import { fromFragment, isReference, valueAt } from '../document/pointer.ts';
import { createSchemas, type Schemas } from '../document/schemas.ts';
import { createWalk, type Walk } from '../suite/schema-walk.ts';
import { listCases, type Case } from '../suite/cases.ts';
import { createSampler, keywordsAt, layersOf } from '../suite/sample.ts';

/** What a document says, in the form in which a live server is held to it. */
export interface Expectations {
  operations: Operation[];
  schemas: Schemas;
  walk: Walk;
  /** Requests to refuse, by operation: a few for each property of the body's first level and each query parameter. */
  refusals: Map<string, Case[]>;
  /** Requests to accept, by operation: each optional query parameter with the values that it knows. */
  options: Map<string, Case[]>;
  /** The defaults of query parameters, by operation. */
  defaults: Map<string, [name: string, value: string][]>;
}

function defaultsOf(document: Document, { parameters }: Operation): [name: string, value: string][] {
  return parameters.flatMap(({ name, in: place, schema }): [string, string][] => {
    const value = layersOf(document, schema)
      .map((layer) => keywordsAt(document, layer)['default'])
      .find((one) => one !== undefined);
    return place === 'query' && value !== undefined
      ? [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
      : [];
  });
}

const made = new WeakMap<Document, Expectations>();

/** Made once for each document, because compiling its schemas takes longer than many a check. */
export function expectationsOf(document: Document): Expectations {
  const known = made.get(document);
  if (known) return known;
  const operations = listOperations(document);
  const schemas = createSchemas(document);
  const sources = { document, schemas, sample: createSampler(document, schemas) };
  const exact = createSchemas(withExactEnums(document));
  const cases = operations.map((operation) => [operation.id, listCases(sources, operation)] as const);
  const expectations = {
    operations,
    schemas: exact,
    walk: createWalk(document),
    refusals: new Map(cases.map(([id, ofOperation]) => [id, chooseRefusals(ofOperation)])),
    options: new Map(cases.map(([id, ofOperation]) => [id, chooseOptions(ofOperation)])),
    defaults: new Map(operations.map((operation) => [operation.id, defaultsOf(document, operation)])),
  };
  made.set(document, expectations);
  return expectations;
}

/**
 * The document for judging a server of today: an open enum takes words that the document does not know, but not those
 * that it knows in other letters. `STOP` is no new word beside `stop`.
 */
function withExactEnums(document: Document): Document {
  const valuesOf = (branch: unknown): string[] => {
    const schema = isReference(branch) ? valueAt(document, fromFragment(branch.$ref)) : branch;
    const values = isRecord(schema) ? schema['enum'] : undefined;
    return Array.isArray(values) ? values.map(String) : [];
  };
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isRecord(value)) return value;
    const copy = Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, name === 'examples' ? part : visit(part)]),
    );
    const branches = value['anyOf'];
    if (!Array.isArray(branches)) return copy;
    const values = branches.flatMap(valuesOf);
    if (values.length === 0) return copy;
    const known = `^(?:${values.map(inAnyLetters).join('|')})$`;
    return {
      ...copy,
      anyOf: (copy['anyOf'] as unknown[]).map((branch) =>
        isReference(branch) && branch.$ref.endsWith('/UnknownEnumValue')
          ? { type: 'string', not: { pattern: known } }
          : branch,
      ),
    };
  };
  return visit(document) as Document;
}

/** `stop` → `[sS][tT][oO][pP]` */
function inAnyLetters(text: string): string {
  return text
    .split('')
    .map((letter) =>
      /[a-z]/i.test(letter) ? `[${letter.toLowerCase()}${letter.toUpperCase()}]` : RegExp.escape(letter),
    )
    .join('');
}

/**
 * A live server is not asked everything that the mock is. Of each place: the first, an unknown property, the last, and a
 * text or a number where the other belongs. Deeper in the body: what is missing, and words that an enum does not have.
 */
function chooseRefusals(cases: Case[]): Case[] {
  const refused = cases.filter(
    ({ accepted, kind, request }) =>
      !accepted &&
      (kind === 'query' || kind === 'body') &&
      // A server may look at the answer's form before it looks at the body.
      !/"stream":\s*true/.test(request.body ?? ''),
  );
  return [...Map.groupBy(refused, ({ place }) => place)].flatMap(([place, ofPlace]) => {
    const labelled = (...labels: string[]): Case | undefined => ofPlace.find(({ label }) => labels.includes(label));
    const depth = place.match(/\.|\[\]/g)?.length ?? 0;
    const chosen =
      depth === 0
        ? [ofPlace[0], labelled('"text"', '7'), labelled('unknown property'), ofPlace.at(-1)]
        : [labelled('missing'), labelled('"unknown value"')];
    return depth > 2 ? [] : [...new Set(chosen)].filter((one) => one !== undefined);
  });
}

/**
 * Of each optional query parameter the document's example, and the words that it knows. What names another thing is left
 * out, because the server may not have that.
 */
function chooseOptions(cases: Case[]): Case[] {
  return cases.filter(
    ({ kind, accepted, place, label, operation }) =>
      kind === 'query' &&
      accepted &&
      !place.endsWith('_id') &&
      !/^"\d|more before|before another|more after/.test(label) &&
      !(label === 'the example' && /sort_by|order|page|size/.test(place)) &&
      operation.parameters.some(({ name, required }) => place === `query ${name}` && !required) &&
      (label === 'the example' || !cases.some((one) => one.place === place && one.label === '"text"' && one.accepted)),
  );
}
