import { Humanloop } from '@humanloop-v4/client';
import { afterAll, describe, expect, it } from 'vitest';
import { readDocument } from '../src/document/document.ts';
import { listOperations } from '../src/document/operations.ts';
import { startMock } from '../src/mock/mock.ts';
import { planHeader } from '../src/mock/plan.ts';
import { listStreamExamples, readThroughClient, type StreamExample } from './read-stream.ts';

const document = await readDocument();
const mock = await startMock({ document });
afterAll(() => mock.close());
const humanloop = new Humanloop({ baseUrl: mock.baseUrl, apiKey: 'contract-test-key', maxRetries: 0 });
const read = (
  example: StreamExample,
  plan: string,
  options: Parameters<typeof readThroughClient>[2] = {},
): ReturnType<typeof readThroughClient> =>
  readThroughClient(humanloop, example, { ...options, headers: { [planHeader]: plan } });

const examples = listOperations(document).flatMap(listStreamExamples);
const streaming = [...Map.groupBy(examples, ({ operation }) => operation.id).values()].map(
  ([first]) => first as StreamExample,
);

/** Most examples are shared by several operations, and reading them does not depend on which. */
const distinct = [...new Map(examples.map((example) => [example.text, example])).values()];

describe.each(distinct)('the example "$name" of $operation.id', (example) => {
  it.each([
    'chunks=whole',
    'chunks=bytes',
    'chunks=random,seed=1',
    'chunks=random,seed=2',
    'chunks=random,seed=3,lines=cr,comments=yes',
    'lines=crlf,chunks=bytes',
    'bom=yes,comments=yes,lines=crlf',
    'inject=done-twice',
  ])('gives the same events under %s', async (plan) => {
    const { events, error } = await read(example, plan);
    expect(events).toEqual(example.pieces);
    if (example.error === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: 'error-event', detail: example.error });
  });
});

/** What goes wrong, and the error that the client has for it. */
const faults: { plan: string; want: object; events?: number }[] = [
  { plan: 'cut=end', want: { name: 'StreamError', code: 'truncated', pending: false } },
  { plan: 'cut=end,where=inside', want: { name: 'StreamError', code: 'truncated', pending: true } },
  { plan: 'cut=end,where=character', want: { name: 'StreamError', code: 'truncated', pending: true } },
  { plan: 'cut=destroy', want: { name: 'StreamError', code: 'disconnected' } },
  { plan: 'cut=reset', want: { name: 'StreamError', code: 'disconnected' } },
  { plan: 'cut=reset,where=inside', want: { name: 'StreamError', code: 'disconnected' } },
  { plan: 'cut=reset,where=character,chunks=bytes', want: { name: 'StreamError', code: 'disconnected' } },
  { plan: 'cut=end,at=0', want: { name: 'StreamError', code: 'truncated' }, events: 0 },
  { plan: 'inject=broken', want: { name: 'StreamError', code: 'malformed' } },
  { plan: 'inject=error', want: { name: 'StreamError', code: 'error-event', detail: { code: 503 } } },
  { plan: 'answer=html', want: { name: 'StreamError', code: 'not-a-stream', mediaType: 'text/html' }, events: 0 },
  { plan: 'answer=429,retry=7', want: { name: 'RateLimitError', status: 429, retryAfterMs: 7_000 }, events: 0 },
  { plan: 'answer=503', want: { name: 'ServiceUnavailableError', status: 503, retryAfterMs: 1_000 }, events: 0 },
];

describe.concurrent.each(streaming)('a stream of $operation.id', (example) => {
  it.each(faults)('under $plan ends in its own error', async ({ plan, want, events = 1 }) => {
    const result = await read(example, plan);
    expect(result.error).toMatchObject(want);
    expect(result.events).toEqual(example.pieces.slice(0, events));
  });

  it('under cut=hang ends in a timeout, and the mock sees the socket close', async () => {
    const result = await read(example, 'cut=hang', { timeout: { idleMs: 150 } });
    expect(result.error).toMatchObject({ name: 'TimeoutError', code: 'idle-timeout' });
    expect((await mock.ended(String(result.requestId))).outcome).toBe('client left');
  });

  it('under first=300 ends in a timeout of the headers', async () => {
    const result = await read(example, 'first=300', { timeout: { headersMs: 100 } });
    expect(result.error).toMatchObject({ name: 'TimeoutError', code: 'headers-timeout' });
  });

  it('is taken for complete at [DONE], though samples are unfinished', async () => {
    const result = await read(example, 'inject=done,cut=end');
    expect(result.error).toBeUndefined();
    expect(result.events).toEqual(example.pieces.slice(0, 1));
  });

  it('that is aborted closes its socket', async () => {
    const controller = new AbortController();
    const onEvent = (): void => controller.abort();
    const result = await read(example, 'cut=hang', { signal: controller.signal, onEvent });
    expect(result.error).toMatchObject({ name: 'AbortError' });
    expect((await mock.ended(String(result.requestId))).outcome).toBe('client left');
  });
});
