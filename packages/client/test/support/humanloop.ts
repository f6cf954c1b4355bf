import { type Fetch, Humanloop, type HumanloopOptions } from '../../src/index.ts';
import { type Handler, sendJson, startServer, type TestServer } from './server.ts';

export const chat = { project: 'p', messages: [] };

/** A server and a client of it. */
export async function setUp(
  handler: Handler,
  options: HumanloopOptions = {},
): Promise<TestServer & { humanloop: Humanloop }> {
  const server = await startServer(handler);
  return { ...server, humanloop: new Humanloop({ baseUrl: server.baseUrl, apiKey: 'key', ...options }) };
}

/** A client of this fetch alone, which repeats nothing. */
export const createHumanloop = (fetch: Fetch): Humanloop =>
  new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch, maxRetries: 0 });

/** Fails so many times, then answers. */
export const failing =
  (status: number, times = 9, headers: Record<string, string> = { 'Retry-After': '0' }): Handler =>
  (_, response, count) =>
    count > times || status === 200
      ? sendJson(response, 200, { id: 'ok', data: [] })
      : sendJson(response, status, { detail: 'no' }, headers);
