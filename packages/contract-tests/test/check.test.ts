import { describe, expect, it } from 'vitest';
import { checkServer, type CheckOptions } from '../src/check/check.ts';
import { isBad, type Report } from '../src/check/report.ts';
import { readDocument } from '../src/document/document.ts';
import { listOperations } from '../src/document/operations.ts';
import { createResponder } from '../src/mock/responder.ts';
import { keepPart } from './coverage-parts.ts';
import { honestKey, startHonestServer, type Bug } from './honest-server.ts';
import type { SeededBug } from './bug-makers.ts';
import { seededBugs } from './seeded-bugs.ts';

const document = await readDocument();
const respond = await createResponder(document);
const ids = new Set(listOperations(document).map(({ id }) => id));

async function check(bug: Bug | undefined, options: Partial<CheckOptions>): Promise<Report> {
  await using server = await startHonestServer(document, respond, bug);
  return await checkServer({
    target: server.baseUrl,
    apiKey: honestKey,
    document,
    timeoutMs: 20_000,
    maxStreamMs: 20_000,
    ...options,
  });
}

const faultsOf = (report: Report): string[] =>
  report.results
    .filter((result) => isBad(report, result))
    .map(({ operationId, title, problems }) => `${operationId} ${title}: ${problems.join('; ')}`);

describe('on an honest server', () => {
  it.each([false, true])('nothing is found (write %s)', async (write) => {
    const report = await check(undefined, { write });
    if (write) keepPart('check', report.coverage);
    expect(faultsOf(report)).toEqual([]);
    const untried = report.results.filter(({ outcome }) => outcome === 'skipped').map(({ operationId }) => operationId);
    const what = `The write mode does not come to these; make them a life in src/check/lives/:\n${untried.join('\n')}`;
    if (write) expect(untried, what).toEqual([]);
  });

  it('nothing is left over by the write mode', async () => {
    await using server = await startHonestServer(document, respond);
    const options = { target: server.baseUrl, apiKey: honestKey, document, write: true, only: ['Projects_list'] };
    await checkServer(options);
    const response = await fetch(`${server.baseUrl}/projects`, { headers: { 'X-API-KEY': honestKey } });
    expect(await response.json()).toMatchObject({ records: [], total: 0 });
  });
});

it('requests to repeat have a variable for the key, but not for a part of other words', async () => {
  const report = await check(undefined, { apiKey: 'k', only: ['Projects_list'] });
  const requests = report.results.flatMap(({ curl }) => curl ?? []);
  expect(requests).toContainEqual(expect.stringContaining(`'X-API-KEY: '"$HUMANLOOP_API_KEY"`));
  for (const request of requests) expect(request).not.toMatch(/\w'"\$HUMANLOOP_API_KEY"|\$HUMANLOOP_API_KEY"'\w/);
});

describe('an operation that is not there', () => {
  const bug: Bug = {
    name: 'no sessions',
    answer: (answer, request) =>
      request.path.startsWith('/sessions') ? { ...answer, status: 404, blocks: ['{"detail":"Not Found"}'] } : answer,
  };
  const sessions = ['Sessions_list', 'Sessions_create', 'Sessions_get'];

  it('is a fault of its own, and nothing else is tried with it', async () => {
    const report = await check(bug, {});
    expect(new Set(faultsOf(report).map((fault) => fault.split(' ')[0]))).toEqual(new Set(sessions));
  });

  it('is none when it is expected', async () => {
    const report = await check(bug, { expectMissing: Object.fromEntries(sessions.map((id) => [id, 'not built yet'])) });
    expect(faultsOf(report)).toEqual([]);
  });

  it('is a fault when it is there after all', async () => {
    const report = await check(undefined, { expectMissing: { Sessions_get: 'not built yet' }, only: ['Sessions_get'] });
    expect(faultsOf(report)).toEqual([expect.stringContaining('take it off the list')]);
  });
});

describe('a seeded bug', () => {
  it(`is one of at least 160`, () => {
    expect(new Set(seededBugs.map(({ name }) => name)).size).toBeGreaterThanOrEqual(160);
  });

  const gone = (bug: SeededBug): string[] => bug.only.filter((id) => !ids.has(id));

  it('is one of operations that the document has', () => {
    const sentences = seededBugs.flatMap((bug) =>
      gone(bug).map((id) => `${id} is not in the document any more; remove the bug "${bug.name}", or give it another`),
    );
    expect(sentences, sentences.join('\n')).toEqual([]);
  });

  it.concurrent.each(seededBugs.filter((bug) => gone(bug).length === 0))('is found: $name', async (bug) => {
    const report = await check(bug, { write: bug.readOnly !== true, only: bug.only });
    expect(faultsOf(report)).not.toEqual([]);
  });
});

describe('what a person gets wrong', () => {
  it.each([
    { options: { target: 'http://127.0.0.1:9/v4' }, want: /No server answers at http:\/\/127\.0\.0\.1:9/ },
    { options: { target: 'localhost' }, want: /no http or https URL/ },
    { options: { apiKey: '' }, want: /API key is missing.*--api-key/ },
    { options: { only: ['Chats_nothing'] }, want: /no operation "Chats_nothing"/ },
    { options: { expectMissing: { Nothing: 'x' } }, want: /no operation "Nothing"/ },
  ])('is told in one sentence: $want', async ({ options, want }) => {
    await expect(check(undefined, options)).rejects.toThrow(want);
  });
});
