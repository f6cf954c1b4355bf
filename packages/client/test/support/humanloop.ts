import {
  type CallOptions,
  type ChatResponse,
  type Fetch,
  Humanloop,
  type HumanloopOptions,
  type StreamPromise,
} from '../../src/index.ts';
import { type Handler, sendJson, startServer, type TestServer } from './server.ts';

export const chat = { project: 'p', messages: [] };

/** A server, a client of it, and what opens a stream of it. */
export async function setUp(handler: Handler, options: HumanloopOptions = {}): Promise<TestServer & ClientOfIt> {
  const server = await startServer(handler);
  const humanloop = new Humanloop({ baseUrl: server.baseUrl, apiKey: 'key', ...options });
  return { ...server, humanloop, open: (callOptions) => humanloop.chats.createDeployedStream(chat, callOptions) };
}

interface ClientOfIt {
  humanloop: Humanloop;
  open: (callOptions?: CallOptions) => StreamPromise<ChatResponse>;
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
