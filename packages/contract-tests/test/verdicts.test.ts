import { afterAll, describe, expect, it } from 'vitest';
import { ContractCoverage } from '../src/suite/coverage.ts';
import { createWalk } from '../src/suite/schema-walk.ts';
import { readDocument } from '../src/document/document.ts';
import { listOperations, type Operation } from '../src/document/operations.ts';
import { createSchemas } from '../src/document/schemas.ts';
import { createResponder } from '../src/mock/responder.ts';
import { listCases, type Case } from '../src/suite/cases.ts';
import { toTarget } from '../src/suite/request.ts';
import { writeFacts, writeStreamFacts } from '../src/suite/fact-list.ts';
import { createSampler } from '../src/suite/sample.ts';
import { addedOperation, addedPath } from './added-operation.ts';
import { keepPart } from './coverage-parts.ts';
import { changedParts, reviewed } from './reviewed.ts';
import { writeRequestVerdicts, writeSchemaVerdicts } from '../src/suite/verdict-list.ts';

const document = await readDocument();
const schemas = createSchemas(document);
const sources = { document, schemas, sample: createSampler(document, schemas) };
const operations = listOperations(document);
const cases = operations.map((operation) => ({ operation, cases: listCases(sources, operation) }));

const coverage = new ContractCoverage({ document, operations, schemas, walk: createWalk(document) });
afterAll(() => keepPart('verdicts', coverage.result));

describe('the verdicts that the document gives', () => {
  // `pnpm --filter @humanloop-v4/contract-tests test -u` writes the files anew; read their diff.
  it('on requests are those that were reviewed', async () => {
    const text = writeRequestVerdicts(
      document,
      cases.flatMap((one) => one.cases),
    );
    await expect(reviewed(text, 'requests.lock')).toMatchFileSnapshot('verdicts/requests.lock');
  });

  it('on each named schema are those that were reviewed', async () => {
    await expect(reviewed(writeSchemaVerdicts(document, schemas, sources.sample), 'schemas.lock')).toMatchFileSnapshot(
      'verdicts/schemas.lock',
    );
  });

  it('leave aside facts that no value is judged by, which are those that were reviewed', async () => {
    await expect(reviewed(writeFacts(document), 'facts.lock')).toMatchFileSnapshot('verdicts/facts.lock');
    await expect(reviewed(writeStreamFacts(operations), 'streams.lock')).toMatchFileSnapshot('verdicts/streams.lock');
  });

  it('accept every example of a request', () => {
    const refused = cases.flatMap((one) => one.cases).filter(({ kind, accepted }) => kind === 'example' && !accepted);
    const names = refused.map(({ operation, label }) => `${operation.id} ${label}`);
    expect(names, `The document refuses its own examples: ${names.join(', ')}`).toEqual([]);
  });

  it('name at least one request to refuse for each operation', () => {
    const lax = cases.filter((one) => one.cases.every(({ accepted }) => accepted));
    expect(lax.map(({ operation }) => operation.id)).toEqual([]);
  });
});

it('what changed in a file of verdicts is named, with what is new and what is gone', () => {
  const before =
    'Things_get  GET /logs/{id}\n  path id  accepts: set\n\nThings_list  GET /logs\npaths /logs get  a: 1\ncomponents schemas Log  b: 2\n';
  const after = before
    .replace('accepts: set', 'accepts: missing')
    .replace('b: 2', 'b: 3')
    .replace('Things_list', 'Things_page');
  expect(changedParts(before, before)).toEqual([]);
  expect(changedParts(before, after)).toEqual(['Things_get', 'Things_list (gone)', 'Log', 'Things_page (new)']);
});

type Responder = Awaited<ReturnType<typeof createResponder>>;

/** The cases whose answer has another status than the document says. */
async function findDiffering(respond: Responder, listed: Case[]): Promise<string[]> {
  const differing: string[] = [];
  for (const { operation, request, statuses, place, label } of listed) {
    const target = toTarget(operation, request);
    const url = new URL(target, 'http://127.0.0.1');
    const { status, headers, blocks } = await respond({
      method: operation.method,
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
      bytes: Buffer.from(request.body ?? ''),
    });
    coverage.note(
      { ...request, method: operation.method, target },
      { status, headers: new Headers(headers), body: blocks.join('') },
    );
    if (!statuses.includes(status)) differing.push(`${place} ${label}: ${status} in place of ${statuses.join(' or ')}`);
  }
  return differing;
}

describe('the mock and AJV agree', async () => {
  const respond = await createResponder(document);
  it.each(cases)('on all cases of $operation.id', async (one) => {
    expect(await findDiffering(respond, one.cases)).toEqual([]);
  });
});

describe('an operation that is added to the document', () => {
  const copy = structuredClone(document);
  copy.paths[addedPath] = { patch: addedOperation };
  const added = listOperations(copy).find(({ id }) => id === addedOperation.operationId) as Operation;
  const judge = createSchemas(copy);
  const listed = listCases({ document: copy, schemas: judge, sample: createSampler(copy, judge) }, added);

  it('has cases on both sides of its rules', () => {
    const places = (accepted: boolean): string[] =>
      [...new Set(listed.filter((one) => one.accepted === accepted).map(({ place }) => place))].toSorted();
    expect(places(true)).toEqual(['body', 'body colour', 'path id', 'query size']);
    expect(places(false)).toEqual([
      'body',
      'body colour',
      'header Content-Type',
      'header X-API-KEY',
      'query',
      'query size',
    ]);
  });

  it('is answered as AJV says, without a line written for it', async () => {
    expect(await findDiffering(await createResponder(copy), listed)).toEqual([]);
  });
});
