import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { basePathOf, readDocument, type Document } from '../document/document.ts';
import { assertAllSchemasCompile } from '../document/schemas.ts';
import { messageOf } from '../errors.ts';
import { Exchanges, type Exchange } from './exchanges.ts';
import { closeServer, listen } from './listen.ts';
import { mockName } from './name.ts';
import { defaultPlan } from './plan.ts';
import { createPlanReader, type ChosenPlan } from './plan-reader.ts';
import { createResponder, type MockAnswer } from './responder.ts';
import { sendSteps } from './send-steps.ts';
import { planSteps } from './write-steps.ts';

export interface MockOptions {
  /** Default 0: a free port. */
  port?: number;
  /** Default `127.0.0.1`: nobody else can reach it. */
  host?: string;
  /** Pause between two events of a stream, ms; default 0. People like 40, tests 0. */
  delayMs?: number;
  /** A 3.1 document to mock; default that of `@humanloop-v4/openapi`. */
  document?: Document;
  /** Called when an exchange has ended, also because the client left. */
  onExchange?: (exchange: Exchange) => void;
}

export interface Mock extends AsyncDisposable {
  /** What a client takes as its base URL, without a slash at the end: `http://127.0.0.1:4010/v4`. */
  readonly baseUrl: string;
  readonly port: number;
  /** The base URL under which every answer is written by a plan: `withPlan('chunks=bytes,cut=reset')`. */
  withPlan(plan: string): string;
  /** The last 1,000 exchanges, newest last. */
  readonly exchanges: readonly Exchange[];
  /** Resolves when the exchange with this `X-Request-ID` has ended; tells whether the client left early. */
  ended(requestId: string): Promise<Exchange>;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const largestBody = 32 * 2 ** 20;

/**
 * Starts a server that answers as the document says, and really streams.
 *
 * Requests are validated (401, 404, 405, 422; 400 for a body that is no JSON; 406 when `stream` in the body and `Accept`
 * disagree) and answered with the document's examples. `Prefer: code=429` asks for another documented status,
 * `Prefer: example=tool-call` for another example. A stream of as many samples as `num_samples` says is written event
 * by event. Any non-empty key will do.
 *
 * `X-Contract-Plan: chunks=bytes,cut=reset`, or `/~chunks=bytes,cut=reset` before the base path, chooses how the answer is
 * written and broken; see `Plan`.
 *
 * @throws {ContractError} `not-built`, `bad-document` (a schema would go unchecked), `port-in-use`, `cannot-listen`.
 */
export async function startMock(options: MockOptions = {}): Promise<Mock> {
  const document = options.document ?? (await readDocument());
  assertAllSchemasCompile(document);
  const respond = await createResponder(document);
  const basePath = basePathOf(document);
  const exchanges = new Exchanges(options.onExchange);
  const readPlan = createPlanReader();

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ detail: `The mock failed: ${messageOf(error)}` }));
    });
  });
  const { origin, port } = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.socket.setNoDelay(true);
    const requestId = `req_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
    response.setHeader('x-request-id', requestId);
    response.setHeader('server', mockName);
    allowBrowsers(request, response);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      response.writeHead(204).end();
      return;
    }
    const chosen = readPlan(request.url ?? '/', request.headers);
    const { url, plan } = chosen;
    const exchange: Exchange = {
      requestId,
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      operationId: null,
      requestHeaders: readHeaders(request),
      requestBody: undefined,
      plan,
      status: 0,
      mediaType: null,
      example: null,
      events: 0,
      outcome: 'open',
    };
    exchanges.add(exchange);
    response.once('close', () => exchanges.end(exchange, response.writableFinished ? 'finished' : 'client left'));

    const answer = await answerTo(request, chosen);
    const { blocks, isStream, status, headers } = answer;
    exchange.operationId = answer.operationId;
    exchange.requestBody = answer.requestBody;
    exchange.status = status;
    exchange.mediaType = headers['content-type'] ?? null;
    exchange.example = answer.example;

    if (plan.first > 0) await setTimeout(plan.first);
    // The id of the document's example is not the id of this exchange.
    const { 'x-request-id': _, ...rest } = headers;
    if (!isStream && plan === defaultPlan) {
      const text = blocks.join('');
      const length = blocks.length > 0 ? { 'content-length': String(Buffer.byteLength(text)) } : {};
      response.writeHead(status, { ...rest, ...length });
      response.end(text);
      return;
    }
    response.writeHead(status, rest);
    response.flushHeaders();
    const outcome = await sendSteps(response, planSteps(blocks, plan, isStream), {
      // A pause of its own is meant for each chunk; the mock's for each event, however many chunks it comes in.
      ...(plan.delay === null
        ? { delayMs: isStream ? (options.delayMs ?? 0) : 0, pauses: 'events' }
        : { delayMs: plan.delay, pauses: 'chunks' }),
      onEvents: (count) => {
        if (isStream) exchange.events += count;
      },
    });
    if (outcome !== 'finished') exchanges.end(exchange, outcome);

    async function answerTo(message: IncomingMessage, { problem }: ChosenPlan): Promise<MockAnswer> {
      if (problem) return standIn(400, problem);
      const bytes = await readBytes(message);
      const encoding = message.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') return standIn(415, `The body is encoded by ${encoding}; send it as it is.`);
      if (bytes === null) return standIn(413, `The body has more than ${largestBody / 2 ** 20} MiB.`);
      if (plan.answer === 'html') return webPage;
      if (plan.answer === '429' || plan.answer === '503') {
        const failure = standIn(Number(plan.answer), 'The plan of this request says so.');
        return { ...failure, headers: { ...failure.headers, 'retry-after': String(plan.retry) } };
      }
      // Two slashes at the beginning are no host; a whole URL is what a proxy is asked for.
      const { pathname: written, searchParams } = new URL(url.startsWith('/') ? origin + url : url, origin);
      const pathname = plainPath(written);
      if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) {
        return standIn(404, `Every path of this API begins with ${basePath}, and ${pathname} does not.`);
      }
      if (!isDecodable(pathname)) return standIn(400, `The path ${pathname} has a % that begins no character.`);
      return respond({
        method: message.method ?? 'GET',
        path: pathname.slice(basePath.length),
        query: searchParams,
        headers: readHeaders(message, true),
        bytes,
      });
    }
  }

  const close = (): Promise<void> => closeServer(server);
  return {
    baseUrl: `${origin}${basePath}`,
    port,
    withPlan: (plan) => `${origin}/~${plan}${basePath}`,
    get exchanges() {
      return exchanges.list;
    },
    ended: (requestId) => exchanges.ended(requestId),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function standIn(status: number, detail: string): MockAnswer {
  return {
    operationId: null,
    requestBody: undefined,
    status,
    headers: { 'content-type': 'application/json' },
    blocks: [JSON.stringify({ detail })],
    isStream: false,
    example: null,
  };
}

const webPage: MockAnswer = {
  ...standIn(200, ''),
  headers: { 'content-type': 'text/html; charset=utf-8' },
  blocks: ['<!doctype html>\n<title>Sign in</title>\n<p>Please sign in to the network.</p>\n'],
};

/** A browser may call from any page, and read the headers that a client needs. */
function allowBrowsers(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'X-Request-ID, Retry-After');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*');
  response.setHeader('access-control-allow-methods', 'GET, POST, PATCH, DELETE');
  // What a page of the internet has to ask for before it may call this machine.
  response.setHeader('access-control-allow-private-network', 'true');
}

/** @param withKeys - whether credentials are kept; the record of exchanges has none. */
function readHeaders(request: IncomingMessage, withKeys = false): Record<string, string> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(
    withKeys ? headers : headers.filter(([name]) => !/^(?:x-api-key|authorization)$/.test(name)),
  );
}

/** Letters, digits, `-`, `.`, `_` and `~` mean the same encoded or not (RFC 3986, section 6.2.2.2). */
function plainPath(path: string): string {
  return path.replaceAll(/%[0-7][\da-f]/gi, (code) => {
    const character = decodeURIComponent(code);
    return /[\w.~-]/.test(character) ? character : code;
  });
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** @returns null when the body is too large. It is read all the same: who is still sending does not hear an answer. */
async function readBytes(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= largestBody) parts.push(part);
  }
  return size > largestBody ? null : Buffer.concat(parts);
}
