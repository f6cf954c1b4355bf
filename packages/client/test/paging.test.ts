import { describe, expect, it } from 'vitest';
import { collect, failureOf } from './support/events.ts';
import { createHumanloop, setUp } from './support/humanloop.ts';
import { type Handler, sendJson } from './support/server.ts';

describe('paging', () => {
  const lists =
    (first: number, total: number, told = total): Handler =>
    (request, response) => {
      const page = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? first);
      const records = Array.from({ length: total }, (_, index) => index).slice(
        (page - first) * 2,
        (page - first) * 2 + 2,
      );
      sendJson(response, 200, { records, page, size: 2, total: told });
    };

  it.each([null, -1, 0])('goes on to an empty page where the total is %j', async (total) => {
    const { humanloop, requests } = await setUp(lists(0, 5, total as never));
    expect(await collect(humanloop.projects.list())).toEqual([0, 1, 2, 3, 4]);
    expect(requests).toHaveLength(4);
  });

  it.each([
    ['from 0', 0, 5, 3],
    ['from 0, with full pages', 0, 4, 2],
    ['from 1', 1, 5, 3],
    ['from 1, with full pages', 1, 4, 2],
    ['from 0, empty', 0, 0, 1],
  ])('%s: all records in order, and no page too many', async (_, first, total, want) => {
    const { humanloop, requests } = await setUp(lists(first, total));
    const list = () => (first === 0 ? humanloop.projects.list() : humanloop.sessions.list({ project_id: 'p' }));
    const records: unknown[] = [];
    for await (const record of list() as AsyncIterable<unknown>) records.push(record);
    expect(records).toEqual(Array.from({ length: total }, (__, index) => index));
    expect(requests).toHaveLength(want);
  });

  it('a page has its records and knows the next', async () => {
    const { humanloop } = await setUp(lists(0, 3));
    const page = await humanloop.projects.list({ size: 2 });
    expect(page).toMatchObject({ records: [0, 1], page: 0, size: 2, total: 3 });
    const next = await page.getNextPage();
    expect([next?.records, next?.hasNextPage(), await next?.getNextPage()]).toEqual([[2], false, undefined]);
    expect((await humanloop.projects.list({ page: 1 }).withResponse()).data.records).toEqual([2]);
  });

  it('the next page is asked for as the first was, by our count', async () => {
    const { humanloop, requests } = await setUp((_, response, count) =>
      sendJson(response, 200, { records: count > 2 ? [] : [count], page: 0, size: 1, total: 9 }),
    );
    expect(await collect(humanloop.projects.list({ size: 1 }, { headers: { 'X-Mine': 'yes' } }))).toHaveLength(2);
    expect(requests.map(({ url, headers }) => [url.split('?')[1], headers['x-mine']])).toEqual([
      ['size=1', 'yes'],
      ['size=1&page=1', 'yes'],
      ['size=1&page=2', 'yes'],
    ]);
  });

  it('an empty page is the end, whatever the total says', async () => {
    const { humanloop, requests } = await setUp(lists(0, 2, 99));
    expect(await collect(humanloop.projects.list())).toHaveLength(2);
    expect(requests).toHaveLength(2);
  });
});

describe('answers that a list does not expect', () => {
  it('an empty answer to a list is an empty page', async () => {
    const humanloop = createHumanloop(async () => new Response(null, { status: 204 }));
    const page = await humanloop.projects.list();
    expect([page.records, page.hasNextPage()]).toEqual([[], false]);
    expect(await collect(humanloop.projects.list())).toEqual([]);
  });

  it.each([{}, { status: 'ok' }, [], [{ id: 'p' }], { data: [] }, null, 'text'])(
    '%j is no empty page, and told with its status and request id',
    async (body) => {
      const humanloop = createHumanloop(async () => Response.json(body, { headers: { 'X-Request-ID': 'req_1' } }));
      expect(await failureOf(humanloop.projects.list())).toMatchObject({
        code: 'not-a-page',
        message: 'GET /projects: the answer has no `records`; is the base URL right? (req_1)',
        status: 200,
        requestId: 'req_1',
      });
    },
  );

  it.each([{ records: [{ id: 'p' }] }, { records: [{ id: 'p' }], page: 0, size: 1, total: 9 }])(
    'a page that comes again and again is told, %j',
    async (body) => {
      const given: unknown[] = [];
      const humanloop = createHumanloop(async () => Response.json(body));
      const failure = failureOf(
        (async () => {
          for await (const record of humanloop.projects.list()) given.push(record);
        })(),
      );
      expect(await failure).toMatchObject({ code: 'not-a-page', message: expect.stringContaining('pages 0 and 1') });
      expect(given).toEqual([{ id: 'p' }]);
    },
  );
});

it('records that are taken out of a page do not end the list', async () => {
  const { humanloop } = await setUp((request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page'));
    sendJson(response, 200, { records: page < 2 ? [page] : [], page, size: 1 });
  });
  const records: unknown[] = [];
  for await (const page of (await humanloop.projects.list()).iterPages()) {
    while (page.records.length > 0) records.push(page.records.shift());
  }
  expect(records).toEqual([0, 1]);
});

it('a server that counts from one where others count from nought loses no page', async () => {
  const { humanloop } = await setUp((request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? 1);
    sendJson(response, 200, { records: [page], page, size: 1, total: 3 });
  });
  expect(await collect(humanloop.projects.list())).toEqual([1, 2, 3]);
});

it('an iterator of headers serves all pages', async () => {
  const { humanloop, requests } = await setUp((request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page'));
    sendJson(response, 200, { records: [page], page, size: 1, total: 2 });
  });
  const headers = new Headers({ 'X-Mine': '1' }).entries();
  expect(await collect(humanloop.projects.list({}, { headers }))).toHaveLength(2);
  expect(requests.map((request) => request.headers['x-mine'])).toEqual(['1', '1']);
});
