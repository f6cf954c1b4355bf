import { afterAll, describe, expect, it } from 'vitest';
import { readDocument, type Document } from '../src/document/document.ts';
import { type Content, listOperations, streamOf, type Operation } from '../src/document/operations.ts';
import { ContractError } from '../src/errors.ts';
import { startMock } from '../src/mock/mock.ts';
import { planHeader } from '../src/mock/plan.ts';
import { sendRaw, validRequest } from '../src/suite/request.ts';
import { parseEvents } from '../src/suite/stream-events.ts';
import { addedOperation, addedPath } from './added-operation.ts';

const document = await readDocument();
const operations = listOperations(document);
const mock = await startMock({ document });
afterAll(() => mock.close());

const streaming = operations.filter((operation) => streamOf(operation));
const [first] = streaming as [Operation, ...Operation[]];
const plainBody = first.body?.content[0]?.examples[0]?.value as Record<string, unknown>;
const streamBody = { ...plainBody, stream: true };

const send = (
  body: unknown = plainBody,
  headers: Record<string, string> = {},
  baseUrl: string = mock.baseUrl,
): Promise<Response> => {
  const request = validRequest(first, body);
  return sendRaw(baseUrl, first, { ...request, headers: { ...request.headers, ...headers } });
};

describe('an answer in JSON', () => {
  it.each([1, 2, 3])('has %i samples when the request asks for as many', async (count) => {
    const body = { ...plainBody, num_samples: count, user: 'somebody' };
    const { data } = (await (await send(body)).json()) as { data: { id: string; index: number }[] };
    expect(data.map(({ index }) => index)).toEqual([...Array(count).keys()]);
    expect(new Set(data.map(({ id }) => id)).size).toBe(count);
  });
});

describe('a request with a list', () => {
  const hasBoth = (contents: Content[] = []): boolean =>
    contents.some(({ examples }) => new Set(examples.map(({ value }) => Array.isArray(value))).size === 2);
  const lists = operations
    .filter(({ body, responses }) => hasBoth(body?.content) && responses.some(({ content }) => hasBoth(content)))
    .map((operation) => {
      const examples = operation.body?.content.flatMap((content) => content.examples) ?? [];
      const list = examples.find(({ value }) => Array.isArray(value))?.value as unknown[];
      // A list of one, which is no example of the document.
      return { operation, list: list.slice(0, 1) };
    });

  it('is known to be one of some operations', () => {
    expect(lists.map(({ operation }) => operation.id)).not.toEqual([]);
  });

  it.each(lists)('of $operation.id is answered with a list', async ({ operation, list }) => {
    const response = await sendRaw(mock.baseUrl, operation, validRequest(operation, list));
    expect(response.status).toBe(200);
    expect(await response.json()).toBeInstanceOf(Array);
    const single = await sendRaw(mock.baseUrl, operation, validRequest(operation, list[0]));
    expect(await single.json()).not.toBeInstanceOf(Array);
  });
});

describe('what Prism leaves open', () => {
  it('a path with a lone percent sign is 400', async () => {
    const response = await fetch(`${mock.baseUrl}/projects/%E0%A4%A`, { headers: { 'X-API-KEY': 'any' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ detail: expect.stringContaining('% that begins no character') as string });
  });

  it('a path may have its letters encoded', async () => {
    const list = operations.find(
      ({ method, path, parameters }) =>
        method === 'GET' && !path.includes('{') && parameters.every((one) => !one.required),
    );
    const encoded = list?.path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
    const response = await fetch(`${mock.baseUrl}${encoded}`, { headers: { 'X-API-KEY': 'any' } });
    expect(response.status).toBe(200);
  });

  it('a path that begins with two slashes is told as it is', async () => {
    const response = await fetch(mock.baseUrl.replace(/\/v4$/, '//v4/projects'), { headers: { 'X-API-KEY': 'any' } });
    expect(await response.json()).toEqual({ detail: expect.stringContaining('//v4/projects') as string });
  });

  it('a compressed body is 415, and says so', async () => {
    const response = await send(plainBody, { 'content-encoding': 'gzip' });
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual({ detail: expect.stringContaining('gzip') as string });
  });

  it('a body that is too large is read to its end, and is 413', async () => {
    const response = await send({ ...plainBody, user: 'x'.repeat(33 * 2 ** 20) });
    expect(response.status).toBe(413);
  });

  it('an answer in JSON says its length, in bytes', async () => {
    const response = await send();
    const { length } = new TextEncoder().encode(await response.text());
    expect(response.headers.get('content-length')).toBe(String(length));
  });

  it('an unknown path is 404, and so is a path without the base path', async () => {
    const origin = new URL(mock.baseUrl).origin;
    for (const url of [`${mock.baseUrl}/nothing`, `${origin}${first.path}`, `${origin}/`]) {
      const response = await fetch(url, { headers: { 'X-API-KEY': 'k' } });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ detail: expect.any(String) });
    }
  });

  it.each(operations.filter(({ method }) => method !== 'GET').slice(0, 5))(
    'a method that $path does not have is 405, with those that it has',
    async ({ path }) => {
      const response = await fetch(mock.baseUrl + path.replaceAll(/\{.+?\}/g, 'id'), { method: 'PUT' });
      expect(response.status).toBe(405);
      const methods = operations.filter((one) => one.path === path).map(({ method }) => method);
      expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(methods.toSorted());
    },
  );

  it.each([
    { given: 'a body that is no JSON', init: { body: '{"a":' }, want: 400 },
    { given: 'a body that is no UTF-8', init: { body: new Uint8Array([0x22, 0xff, 0x22]) }, want: 400 },
    { given: 'another charset', init: { headers: { 'content-type': 'application/json; charset=latin1' } }, want: 400 },
    { given: 'another type', init: { headers: { 'content-type': 'text/plain' } }, want: 422 },
    { given: 'no key and no JSON', init: { headers: { 'content-type': 'application/json' }, body: '{' }, want: 401 },
  ])('$given is $want at once', async ({ init, want }) => {
    const { headers, body } = validRequest(first, plainBody);
    const noKey = init.headers && !('body' in init);
    const response = await fetch(mock.baseUrl + first.path, {
      method: first.method,
      body: body ?? null,
      ...init,
      headers: want === 401 ? { ...init.headers } : { ...headers, ...(noKey ? init.headers : {}) },
    });
    expect(response.status).toBe(want);
  });

  it('a 422 says where the fault is', async () => {
    const response = await send({ ...plainBody, messages: [{ role: 'nobody' }] });
    expect(response.status).toBe(422);
    const { detail } = (await response.json()) as { detail: { loc: unknown[] }[] };
    expect(detail.map(({ loc }) => loc)).toContainEqual(['body', 'messages', 0, 'role']);
  });

  it('each answer has an id of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await send()).headers.get('x-request-id')));
    expect(new Set(ids).size).toBe(5);
  });

  it.each([
    { stream: true, accept: 'application/json', want: 406 },
    { stream: true, accept: 'text/event-stream', want: 200 },
    { stream: true, accept: 'text/event-stream, application/json', want: 200 },
    { stream: true, accept: '*/*', want: 200 },
    { stream: false, accept: 'text/event-stream', want: 406 },
    { stream: false, accept: 'application/json;q=0, */*', want: 406 },
    { stream: false, accept: 'text/event-stream, application/*', want: 200 },
  ])('stream $stream with Accept "$accept" is $want', async ({ stream, accept, want }) => {
    const response = await send({ ...plainBody, stream }, { accept });
    expect(response.status).toBe(want);
    const type = want === 200 && stream ? 'text/event-stream' : 'application/json';
    expect(response.headers.get('content-type')).toBe(type);
    const text = await response.text();
    if (want === 406) expect(text).toContain(accept);
  });

  it.each([
    { prefer: 'code=418', want: /418.*200, 400/ },
    { prefer: 'example=nothing', want: /"nothing".*default/ },
  ])('a Prefer that asks for what is not documented is 400: $prefer', async ({ prefer, want }) => {
    const response = await send(plainBody, { prefer });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toMatch(want);
  });

  it('a page of another origin may call it', async () => {
    const preflight = await fetch(mock.baseUrl + first.path, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key',
        'access-control-request-private-network': 'true',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-private-network')).toBe('true');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-api-key');
    expect((await send()).headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe.each(streaming)('a stream of $id', (operation) => {
  const body = operation.body?.content[0]?.examples[0]?.value as Record<string, unknown>;
  const read = async (numSamples: number): Promise<{ index: number; id: string; finish: string | null }[]> => {
    const request = validRequest(operation, { ...body, stream: true, num_samples: numSamples });
    const text = await (await sendRaw(mock.baseUrl, operation, request)).text();
    return parseEvents(text).flatMap(({ data }) =>
      (JSON.parse(data) as { data: { index: number; id: string; finish_reason: string | null }[] }).data.map(
        ({ index, id, finish_reason }) => ({ index, id, finish: finish_reason }),
      ),
    );
  };

  it.each([1, 2, 3, 5])('finishes each of %i samples', async (numSamples) => {
    const events = await read(numSamples);
    const finished = events.filter(({ finish }) => finish !== null).map(({ index }) => index);
    expect(finished.toSorted((a, b) => a - b)).toEqual(Array.from({ length: numSamples }, (_, index) => index));
    expect(new Set(events.map(({ id }) => id)).size).toBe(numSamples);
  });
});

describe('a stream', () => {
  it('comes event by event, not as a whole', async () => {
    await using slow = await startMock({ document, delayMs: 15 });
    const response = await send(streamBody, {}, slow.baseUrl);
    const times: number[] = [];
    for await (const _ of response.body ?? []) times.push(performance.now());
    expect(times.length).toBeGreaterThan(3);
    expect(Number(times.at(-1)) - Number(times[0])).toBeGreaterThan(30);
  });

  it('is seen to be left by its client', async () => {
    const response = await send(streamBody, { [planHeader]: 'cut=hang,at=2' });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const exchange = await mock.ended(String(response.headers.get('x-request-id')));
    expect(exchange).toMatchObject({ outcome: 'client left', events: 2, operationId: first.id, status: 200 });
  });

  it.each([
    { plan: 'cut=end', outcome: 'cut', fails: false },
    { plan: 'cut=destroy', outcome: 'cut', fails: true },
    { plan: 'cut=reset', outcome: 'cut', fails: true },
    { plan: 'chunks=bytes', outcome: 'finished', fails: false },
  ])('under the plan $plan is $outcome', async ({ plan, outcome, fails }) => {
    const response = await send(streamBody, {}, mock.withPlan(plan));
    const text = response.text();
    if (fails) await expect(text).rejects.toThrow('terminated');
    else await text;
    expect((await mock.ended(String(response.headers.get('x-request-id')))).outcome).toBe(outcome);
  });

  it('has no key in the record', async () => {
    await send(streamBody);
    expect(JSON.stringify(mock.exchanges)).not.toContain('contract-test-key');
  });
});

describe('a plan', () => {
  it('of single bytes does not pause after each of them, unless it says so', async () => {
    await using slow = await startMock({ document, delayMs: 20 });
    const start = performance.now();
    const text = await (await send(streamBody, {}, slow.withPlan('chunks=bytes'))).text();
    // A pause for each byte would take a minute or more.
    expect(performance.now() - start).toBeLessThan(text.length * 5);
  });

  it('may be chosen with a tilde that a client has encoded', async () => {
    const url = mock.withPlan('chunk=bytes').replace('/~', '/%7E');
    expect((await send(plainBody, {}, url)).status).toBe(400);
  });

  it.each([
    { plan: 'answer=html', status: 200, type: 'text/html; charset=utf-8', retry: null },
    { plan: 'answer=429,retry=7', status: 429, type: 'application/json', retry: '7' },
    { plan: 'answer=503', status: 503, type: 'application/json', retry: '1' },
  ])('$plan answers in place of the stream', async ({ plan, status, type, retry }) => {
    const response = await send(streamBody, { [planHeader]: plan });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('retry-after')).toBe(retry);
  });

  it('that says times=2 ends after two requests', async () => {
    const plan = 'answer=503,times=2';
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await send(plainBody, { [planHeader]: plan })).status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  it('that is misspelt is 400, in the header as in the path', async () => {
    expect((await send(plainBody, { [planHeader]: 'chunk=bytes' })).status).toBe(400);
    const response = await send(plainBody, {}, mock.withPlan('chunk=bytes'));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('chunks=whole|events|bytes|random');
  });

  it('may cut an answer that is no stream', async () => {
    const response = await send(plainBody, { [planHeader]: 'cut=reset,where=inside' });
    await expect(response.text()).rejects.toThrow('terminated');
  });
});

describe('startMock', () => {
  it('says what to do when the port is in use', async () => {
    const other = startMock({ document, port: mock.port });
    await expect(other).rejects.toThrow(new RegExp(`Port ${mock.port} .* in use\\. Stop .* or choose another`));
    await expect(other).rejects.toBeInstanceOf(ContractError);
  });

  const broken: { given: string; change: (copy: Document) => void; want: RegExp }[] = [
    {
      given: 'another dialect',
      change: (copy) => {
        copy.jsonSchemaDialect = 'https://spec.openapis.org/oas/3.1/dialect/base';
      },
      want: /jsonSchemaDialect/,
    },
    {
      given: 'a misspelt keyword',
      change: (copy) => addSchema(copy, { type: 'string', minLenght: 1 }),
      want: /schemas\/Broken.*minLenght/,
    },
    {
      given: 'a reference to nothing',
      change: (copy) => addSchema(copy, { $ref: '#/components/schemas/Nothing' }),
      want: /schemas\/Broken.*Nothing/,
    },
    {
      given: 'an unknown format',
      change: (copy) => addSchema(copy, { type: 'string', format: 'colour' }),
      want: /schemas\/Broken.*colour/,
    },
    {
      given: 'nullable without a type',
      change: (copy) => addSchema(copy, { anyOf: [{ type: 'string' }], nullable: true }),
      want: /schemas\/Broken.*nullable/,
    },
    {
      given: 'a bad pattern',
      change: (copy) => addSchema(copy, { type: 'string', pattern: '(' }),
      want: /schemas\/Broken.*regular expression/i,
    },
  ];
  it.each(broken)('refuses a document with $given', async ({ change, want }) => {
    // Without the rest of the document, which takes a second to compile.
    const copy: Document = { ...document, paths: {}, components: { schemas: {} } };
    change(copy);
    await expect(startMock({ document: copy })).rejects.toThrow(want);
  });

  it('takes an operation that is added to the document', async () => {
    const copy = structuredClone(document);
    copy.paths[addedPath] = { patch: addedOperation };
    await using other = await startMock({ document: copy });
    const response = await fetch(`${other.baseUrl}/added-here/w_1?size=3`, {
      method: 'PATCH',
      headers: { 'X-API-KEY': 'k', 'content-type': 'application/json' },
      body: '{"colour":"red"}',
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ id: 'w_1' });
  });
});

function addSchema(copy: Document, schema: unknown): void {
  const schemas = copy.components?.['schemas'];
  if (schemas) schemas['Broken'] = schema;
}
