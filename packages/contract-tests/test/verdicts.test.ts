import { describe, expect, it } from 'vitest';
import { readDocument } from '../src/document/document.ts';
import { listOperations } from '../src/document/operations.ts';
import { createSchemas } from '../src/document/schemas.ts';
import { createResponder } from '../src/mock/responder.ts';
import { listCases, type Case } from '../src/suite/cases.ts';
import { toTarget } from '../src/suite/request.ts';
import { createSampler } from '../src/suite/sample.ts';
import { writeRequestVerdicts, writeSchemaVerdicts } from '../src/suite/verdict-list.ts';

const document = await readDocument();
const schemas = createSchemas(document);
const sources = { document, schemas, sample: createSampler(document, schemas) };
const operations = listOperations(document);
const cases = operations.map((operation) => ({ operation, cases: listCases(sources, operation) }));

describe('the verdicts that the document gives', () => {
  // `pnpm --filter @humanloop-v4/contract-tests test -u` writes the files anew; read their diff.
  it('on requests are those that were reviewed', async () => {
    const text = writeRequestVerdicts(
      document,
      cases.flatMap((one) => one.cases),
    );
    await expect(text).toMatchFileSnapshot('verdicts/requests.lock');
  });

  it('on each named schema are those that were reviewed', async () => {
    await expect(writeSchemaVerdicts(document, schemas, sources.sample)).toMatchFileSnapshot('verdicts/schemas.lock');
  });

  it('accept every example of a request', () => {
    const refused = cases.flatMap((one) => one.cases).filter(({ kind, accepted }) => kind === 'example' && !accepted);
    expect(refused.map(({ operation, label }) => `${operation.id} ${label}`)).toEqual([]);
  });

  it('name at least one request to refuse for each operation', () => {
    const lax = cases.filter((one) => one.cases.every(({ accepted }) => accepted));
    expect(lax.map(({ operation }) => operation.id)).toEqual([]);
  });
});

describe('the mock and AJV agree', async () => {
  const respond = await createResponder(document);
  const answer = async ({ operation, request }: Case): Promise<number> => {
    const url = new URL(toTarget(operation, request), 'http://127.0.0.1');
    const { status } = await respond({
      method: operation.method,
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
      bytes: Buffer.from(request.body ?? ''),
    });
    return status;
  };

  it.each(cases)('on all cases of $operation.id', async (one) => {
    const differing: string[] = [];
    for (const each of one.cases) {
      const status = await answer(each);
      if (!each.statuses.includes(status)) {
        differing.push(`${each.place} ${each.label}: ${status} in place of ${each.statuses.join(' or ')}`);
      }
    }
    expect(differing).toEqual([]);
  });
});
