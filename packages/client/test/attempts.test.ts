import { expect, it } from 'vitest';
import { type ClientOptions, Humanloop } from '../src/index.ts';

/** A client whose server gives these answers, then a good one; and the requests that it sent. */
function connect(answers: Response[], options: ClientOptions = {}): { humanloop: Humanloop; sent: RequestInit[] } {
  const sent: RequestInit[] = [];
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    ...options,
    fetch: async (_, init) => {
      sent.push(init);
      return answers.shift() ?? Response.json({ id: 'sesh_1' });
    },
  });
  return { humanloop, sent };
}

it('408 is not retried: nobody says whether the work was done', async () => {
  const { humanloop, sent } = connect([new Response(null, { status: 408 })]);
  await expect(humanloop.sessions.create()).rejects.toMatchObject({ status: 408 });
  expect(sent).toHaveLength(1);
});

it('a POST does not follow a 302, which would make a GET of it', async () => {
  const { humanloop, sent } = connect([new Response(null, { status: 302, headers: { Location: '/elsewhere' } })]);
  await expect(humanloop.sessions.create()).rejects.toMatchObject({ code: 'redirect' });
  expect(sent).toHaveLength(1);
});

it('each call has an idempotency key of its own, and its attempts the same', async () => {
  const busy = new Response(null, { status: 503, headers: { 'Retry-After': '0' } });
  const { humanloop, sent } = connect([busy], { idempotencyKey: true });
  await humanloop.sessions.create();
  await humanloop.sessions.create();
  const [first, again, second] = sent.map(({ headers }) => new Headers(headers).get('Idempotency-Key'));
  expect(first).toMatch(/^[\da-f-]{36}$/);
  expect(again).toBe(first);
  expect(second).not.toBe(first);
});

it('clients that fail together do not come back together', async () => {
  const delays = new Set<number>();
  const calls = Array.from({ length: 6 }, () => {
    const onRetry = ({ delayMs }: { delayMs: number }): void => void delays.add(delayMs);
    return connect([new Response(null, { status: 503 })], { onRetry }).humanloop.sessions.create();
  });
  await Promise.all(calls);
  expect(delays.size).toBeGreaterThan(1);
});
