import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly socket: Socket;
  /** Resolves when the client has closed the connection. */
  readonly closed: Promise<void>;
}

export interface TestServer {
  readonly baseUrl: string;
  readonly requests: Received[];
  /** Sockets that were ever opened. */
  readonly sockets: Set<Socket>;
  readonly server: Server;
}

export type Handler = (request: Received, response: ServerResponse, count: number) => void | Promise<void>;

/** Starts a server on a free port; it closes itself with the test. */
export async function startServer(handler: Handler): Promise<TestServer> {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    response.on('close', () => resolve());
    const { method = '', url = '', headers, socket } = request;
    const received = { method, url, headers, socket, closed, body: Buffer.concat(chunks).toString() };
    requests.push(received);
    await handler(received, response, requests.length);
  });
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4`, requests, sockets, server };
}

/** Answers with an event stream, chunk by chunk. */
export async function sendEvents(
  response: ServerResponse,
  chunks: readonly (string | Uint8Array)[],
  pauseMs = 0,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Request-ID': 'req_1' });
  for (const chunk of chunks) {
    response.write(chunk);
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Request-ID': 'req_1', ...headers });
  response.end(JSON.stringify(body));
}
