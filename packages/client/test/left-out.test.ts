import { describe, expect, it } from 'vitest';
import { Humanloop } from '../src/index.ts';

/** What goes over the wire for a list of logs. */
async function send(request: object): Promise<{ url: string; body: unknown }> {
  const sent: { url: string; body: unknown }[] = [];
  const humanloop = new Humanloop({
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    maxRetries: 0,
    fetch: async (url, init) => {
      sent.push({ url, body: init.body });
      return Response.json({ records: [], page: 0, size: 0, total: 0 });
    },
  });
  await humanloop.logs.list(request as { project_id: string });
  return sent[0]!;
}

describe('what has no value', () => {
  it('is left out of the query, null as well', async () => {
    const { url } = await send({ project_id: 'pr_1', page: undefined, search: null, size: 10 });
    expect(new URL(url).search).toBe('?project_id=pr_1&size=10');
  });

  it('is no mistake where there is no such parameter', async () => {
    const { url, body } = await send({ project_id: 'pr_1', nothing: undefined });
    expect(new URL(url).search).toBe('?project_id=pr_1');
    expect(body ?? null).toBeNull();
  });
});
