import { describe, expect, it } from 'vitest';
import { ContractCoverage, type Coverage } from '../src/suite/coverage.ts';
import { mergeCoverage } from '../src/suite/coverage-merge.ts';
import { createWalk } from '../src/suite/schema-walk.ts';
import { readDocument } from '../src/document/document.ts';
import { listOperations, successOf } from '../src/document/operations.ts';
import { createSchemas, listSchemas } from '../src/document/schemas.ts';
import { listCases, type Case } from '../src/suite/cases.ts';
import { toTarget } from '../src/suite/request.ts';
import { createSampler } from '../src/suite/sample.ts';
import { listVariations } from '../src/suite/variations.ts';
import { addedOperation, addedPath } from './added-operation.ts';
import { explain, listHoles } from './coverage-holes.ts';

const document = await readDocument();
const schemas = createSchemas(document);
const walk = createWalk(document);

describe('the walk through the schemas', () => {
  it('comes to the verdict of AJV, whatever is varied in a named schema', () => {
    const sample = createSampler(document, schemas);
    // All would take seconds; what they are made of is the same.
    const names = Object.keys(document.components?.['schemas'] ?? {}).filter((_, index) => index % 4 === 0);
    const differing = names.flatMap((name) => {
      const schema = ['components', 'schemas', name];
      return listVariations(document, schemas, sample, schema, sample(schema), { goInto: () => 'not' })
        .filter(({ value }) => walk.judge(schema, value, () => {}) !== (schemas.check(schema, value).length === 0))
        .map(({ at, label }) => `${name} ${at} ${label}`);
    });
    expect(differing).toEqual([]);
  });

  it('gives each rule of the document a name of its own', () => {
    const names = walk.listRules(listSchemas(document)).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(2_000);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

/** One operation of a document of its own, and what its cases cover. */
const copy = { ...document, paths: { [addedPath]: { patch: addedOperation } } };
const [operation] = listOperations(copy);
if (!operation) throw new Error('The operation was not added.');
const judge = createSchemas(copy);
const sources = { document: copy, operations: [operation], schemas: judge, walk: createWalk(copy) };
const cases = listCases({ document: copy, schemas: judge, sample: createSampler(copy, judge) }, operation);

/** What is covered when these cases are answered as the document says. */
function cover(chosen: Case[], answer: unknown = { id: 'w_1' }): Coverage {
  const coverage = new ContractCoverage(sources);
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const one of chosen) {
    const status = one.statuses[0] ?? 0;
    const body = JSON.stringify(status === successOf(one.operation).status ? answer : { detail: 'No.' });
    const request = { ...one.request, method: one.operation.method, target: toTarget(one.operation, one.request) };
    coverage.note(request, { status, headers, body });
  }
  return coverage.result;
}

const ofRequests = (coverage: Coverage): string[] =>
  listHoles(coverage).filter((hole) => /parameter|request/.test(hole));
const onlyTexts = [
  'only kept parameter: AddedHere_update path id',
  'only kept request rule: AddedHere_update path id type',
];

describe('coverage', () => {
  it('is whole on the side of the requests when all cases ran, but for a path that is always a text', () => {
    expect(ofRequests(cover(cases))).toEqual(onlyTexts);
  });

  it.each([
    {
      without: 'the values that "colour" refuses',
      keep: ({ place, accepted }: Case) => place !== 'body colour' || accepted,
      want: [
        'only kept request property: AddedHere_update body application/json.colour',
        'only kept request rule: AddedHere_update body application/json.colour enum',
      ],
    },
    {
      without: 'a value of the enum',
      keep: ({ request }: Case) => !/"blue"/.test(request.body ?? ''),
      want: ['only broken request rule: AddedHere_update body application/json.colour enum blue'],
    },
    {
      without: 'the parameter "size"',
      keep: ({ place }: Case) => place !== 'query size',
      want: ['never parameter: AddedHere_update query size', 'never request rule: AddedHere_update query size type'],
    },
    {
      without: 'a request without a key',
      keep: ({ kind }: Case) => kind !== 'credential',
      want: ['only kept parameter: AddedHere_update header X-API-KEY'],
    },
  ])('names what is left when the cases are without $without', ({ keep, want }) => {
    const holes = ofRequests(cover(cases.filter(keep)));
    expect(holes).toEqual(expect.arrayContaining(want));
    expect(explain(holes, [{ reason: 'known', lines: onlyTexts }]).unexplained).toEqual(expect.arrayContaining(want));
  });

  it('counts nothing of a request that was refused for its key', () => {
    const coverage = cover(cases.map((one) => ({ ...one, statuses: [401] })));
    expect(coverage.properties.requests.unseen).toEqual(['AddedHere_update body application/json.colour']);
  });

  it('sees both sides of an answer, and adds up what two runs have seen', () => {
    const rule = 'AddedHere_update 200 application/json.id type';
    const [kept, broken] = [cover(cases), cover(cases, { id: 7 })];
    expect(kept.rules.answers['type']?.onlyKept).toContain(rule);
    expect(broken.rules.answers['type']?.onlyBroken).toContain(rule);
    const both = mergeCoverage(kept, broken).rules.answers['type'];
    expect([...(both?.onlyKept ?? []), ...(both?.onlyBroken ?? []), ...(both?.unseen ?? [])]).not.toContain(rule);
    expect(both?.both).toBe((kept.rules.answers['type']?.both ?? 0) + 1);
  });

  it('notes a body that is left in the middle, and gives every byte on', async () => {
    const coverage = new ContractCoverage(sources);
    const request = { method: 'PATCH', target: '/added-here/w_1', headers: {}, body: undefined };
    const whole = coverage.observe(request, Response.json({ id: 'w_1' }));
    expect(await whole.json()).toEqual({ id: 'w_1' });
    expect(coverage.result.properties.answers.unseen).not.toContain('AddedHere_update 200 application/json.id');
    const left = coverage.observe(request, Response.json({ id: 7 }));
    const reader = left.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(coverage.result.properties.answers.unseen).not.toContain('AddedHere_update 200 application/json.id');
  });
});

describe('the file of exceptions', () => {
  it('covers lines by patterns, names what it does not cover, and what it need not have', () => {
    const entries = [{ reason: 'texts', lines: ['only kept parameter: * path *', 'never status: *'] }];
    expect(explain(['only kept parameter: A path id', 'never parameter: B'], entries)).toEqual({
      unexplained: ['never parameter: B'],
      needless: ['never status: *'],
      explained: [{ reason: 'texts', holes: ['only kept parameter: A path id'] }],
    });
  });
});
