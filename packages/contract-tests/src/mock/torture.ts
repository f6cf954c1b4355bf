import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { reachTarget } from '../targets/reach.ts';
import { splitEventsOf } from './event-blocks.ts';
import { closeServer, listen } from './listen.ts';
import { parsePlan } from './plan.ts';
import { createPlanReader } from './plan-reader.ts';
import { sendSteps } from './send-steps.ts';
import { planSteps } from './write-steps.ts';

export interface TortureOptions {
  /** The server in front of which it stands, with the path that clients put before `/chat`. */
  target: string;
  /** Default 0: a free port. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** What holds for requests that choose no plan; default: bytes pass as they come. */
  plan?: string;
}

export interface Torture extends AsyncDisposable {
  /** In place of the target's base URL. */
  readonly baseUrl: string;
  /** The base URL under which every answer is written by a plan. */
  withPlan(plan: string): string;
  close(): Promise<void>;
}

/** Headers that belong to one connection (RFC 9110, section 7.6.1), or to a body that is written anew. */
const ownHeaders = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Starts a proxy in front of a live server. It passes requests on untouched, and writes the answers by a plan: in any
 * chunks, late, cut, with injected events. Any client that knows a base URL can be tortured so.
 *
 * @throws {ContractError} `target-down` when the target cannot be reached, `bad-option`, `port-in-use`, `cannot-listen`.
 */
export async function startTorture(options: TortureOptions): Promise<Torture> {
  const target = await reachTarget(options.target);
  parsePlan(options.plan ?? '');
  const readPlan = createPlanReader(options.plan);
  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ detail: `${target.origin} did not answer: ${messageOf(error)}` }));
    });
  });
  const { origin } = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.socket.setNoDelay(true);
    const { plan, url, problem } = readPlan(request.url ?? '/', request.headers);
    if (problem !== null) {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ detail: problem }));
      return;
    }
    if (plan.answer === '429' || plan.answer === '503') {
      response.writeHead(Number(plan.answer), {
        'content-type': 'application/json',
        'retry-after': String(plan.retry),
      });
      response.end('{"detail":"The plan of this request says so."}');
      return;
    }
    const left = new AbortController();
    response.once('close', () => left.abort());
    const upstream: Response = await fetch(new URL(url, target.origin), {
      method: request.method ?? 'GET',
      headers: { ...passedOn(Object.entries(request.headers)), 'accept-encoding': 'identity' },
      ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { body: await readBody(request) }),
      redirect: 'manual',
      signal: left.signal,
    });
    const isPage = plan.answer === 'html';
    const isStream = !isPage && /^text\/event-stream\b/i.test(upstream.headers.get('content-type') ?? '');
    if (plan.first > 0) await setTimeout(plan.first, undefined, { signal: left.signal });
    response.writeHead(isPage ? 200 : upstream.status, {
      ...passedOn(upstream.headers),
      ...(isPage ? { 'content-type': 'text/html' } : {}),
    });
    const body = upstream.body ?? emptyBody;
    const blocks = isPage
      ? ['<!doctype html>\n<title>Sign in</title>\n']
      : isStream
        ? splitEventsOf(body)
        : whole(body);
    if (isStream) response.flushHeaders();
    await sendSteps(response, planSteps(blocks, plan, isStream), {
      delayMs: plan.delay ?? 0,
      pauses: 'chunks',
      onEvents: () => {},
    });
  }

  const close = (): Promise<void> => closeServer(server);
  return {
    baseUrl: `${origin}${target.path}`,
    withPlan: (plan) => `${origin}/~${plan}${target.path}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function passedOn(headers: Iterable<[string, string | string[] | undefined]>): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) => !ownHeaders.has(name.toLowerCase())).map(([name, value]) => [name, String(value)]),
  );
}

async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const part of request as AsyncIterable<Uint8Array>) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  if (parts.length > 0) yield Buffer.concat(parts).toString();
}

const emptyBody: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};
