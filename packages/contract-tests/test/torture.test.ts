import { Humanloop } from '@humanloop-v4/client';
import { afterAll, describe, expect, it } from 'vitest';
import { readDocument } from '../src/document/document.ts';
import { listOperations } from '../src/document/operations.ts';
import { startMock } from '../src/mock/mock.ts';
import { startTorture } from '../src/mock/torture.ts';
import { sendRaw, validRequest } from '../src/suite/request.ts';
import { listStreamExamples, readThroughClient, type StreamExample } from './read-stream.ts';

const document = await readDocument();
const operations = listOperations(document);
const mock = await startMock({ document });
const torture = await startTorture({ target: mock.baseUrl });
const slowMock = await startMock({ document, delayMs: 200 });
const slowTorture = await startTorture({ target: slowMock.baseUrl });
afterAll(async () => {
  await Promise.all([torture.close(), mock.close(), slowTorture.close(), slowMock.close()]);
});

const [example] = operations.flatMap(listStreamExamples) as [StreamExample];
const read = (baseUrl: string): ReturnType<typeof readThroughClient> =>
  readThroughClient(new Humanloop({ baseUrl, apiKey: 'contract-test-key', maxRetries: 0 }), example);

describe('the torture proxy', () => {
  it.each(['', 'chunks=bytes', 'chunks=random,seed=7,lines=crlf', 'bom=yes,comments=yes'])(
    'gives the same events under "%s"',
    async (plan) => {
      expect(await read(torture.withPlan(plan))).toMatchObject({ events: example.pieces, error: undefined });
    },
  );

  it.each([
    { plan: 'cut=reset', code: 'disconnected' },
    { plan: 'cut=end,where=inside', code: 'truncated' },
    { plan: 'inject=broken', code: 'malformed' },
    { plan: 'answer=html', code: 'not-a-stream' },
    { plan: 'answer=429', code: 'rate-limited' },
  ])('breaks the answer of the target under $plan', async ({ plan, code }) => {
    expect((await read(torture.withPlan(plan))).error).toMatchObject({ code });
  });

  it('passes on what the target answers', async () => {
    for (const operation of operations.slice(0, 20)) {
      const request = validRequest(operation);
      const [direct, passed] = await Promise.all(
        [mock.baseUrl, torture.baseUrl].map((baseUrl) => sendRaw(baseUrl, operation, request)),
      );
      expect(passed?.status).toBe(direct?.status);
      expect(passed?.headers.get('content-type')).toBe(direct?.headers.get('content-type'));
      expect(await passed?.text()).toBe(await direct?.text());
    }
  });

  it('passes on events as they come', async () => {
    const { operation } = example;
    const body = { ...(operation.body?.content[0]?.examples[0]?.value as object), stream: true };
    const response = await sendRaw(slowTorture.baseUrl, operation, validRequest(operation, body));
    const times: number[] = [];
    for await (const _ of response.body ?? []) times.push(performance.now());
    expect(Number(times.at(-1)) - Number(times[0])).toBeGreaterThan(40);
  });

  it('closes the connection to the target when the client leaves', async () => {
    const { operation } = example;
    const body = { ...(operation.body?.content[0]?.examples[0]?.value as object), stream: true };
    const response = await sendRaw(slowTorture.baseUrl, operation, validRequest(operation, body));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const exchange = await slowMock.ended(String(response.headers.get('x-request-id')));
    expect(exchange.outcome).toBe('client left');
  });

  it.each([
    { target: 'http://127.0.0.1:9', want: /No server answers at http:\/\/127\.0\.0\.1:9/ },
    { target: 'nowhere', want: /"nowhere" is no http or https URL/ },
  ])('says what is wrong with the target $target', async ({ target, want }) => {
    await expect(startTorture({ target })).rejects.toThrow(want);
  });

  it('refuses a plan that is misspelt', async () => {
    await expect(startTorture({ target: mock.baseUrl, plan: 'cut=yes' })).rejects.toThrow(/cut=yes/);
  });
});
