import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { basePathOf, isRecord, type Document } from '../src/document/document.ts';
import { listOperations, streamOf, type Operation } from '../src/document/operations.ts';
import { closeServer, listen } from '../src/mock/listen.ts';
import type { createResponder, MockAnswer, MockRequest } from '../src/mock/responder.ts';
import { HonestStore, type Row, type State } from './honest-store.ts';

/** An answer before it is written; a seeded bug changes it. */
export interface ServerAnswer extends MockAnswer {
  /** Pause before each event, ms. */
  delaysMs: number[];
}

export interface ServerRequest extends MockRequest {
  operation: Operation | undefined;
  /** The ids in the path, in its order. */
  ids: string[];
  json: unknown;
}

/** What a seeded bug may do: change the request before it is handled, the answer, or what the server remembers. */
export interface Bug {
  name: string;
  request?: (request: ServerRequest) => ServerRequest;
  answer?: (answer: ServerAnswer, request: ServerRequest, state: State) => ServerAnswer;
}

export const honestKey = 'honest-key';

export interface HonestServer extends AsyncDisposable {
  baseUrl: string;
}

/**
 * A small server that keeps the contract: it validates like the mock, wants one key, remembers what is made, and streams.
 * With a bug it is honest but for that.
 */
export async function startHonestServer(
  document: Document,
  respond: Awaited<ReturnType<typeof createResponder>>,
  bug: Bug = { name: 'none' },
): Promise<HonestServer> {
  const operations = listOperations(document);
  const patterns = new Map(operations.map(({ path }) => [path, toPattern(path)]));
  const basePath = basePathOf(document);
  const store = new HonestStore(operations);

  const server = createServer((request, response) => {
    write(handle(request), response).catch(() => response.destroy());
  });

  async function write(answering: Promise<ServerAnswer>, response: ServerResponse): Promise<void> {
    const { status, headers, blocks, delaysMs } = await answering;
    const { 'x-request-id': _, ...rest } = headers;
    response.writeHead(status, rest);
    for (const [index, block] of blocks.entries()) {
      await setTimeout(delaysMs[index] ?? 0);
      response.write(block);
    }
    response.end();
  }

  async function handle(message: IncomingMessage): Promise<ServerAnswer> {
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    const parts: Buffer[] = [];
    for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
    const path = url.pathname.slice(basePath.length);
    const operation = operations.find(
      (one) =>
        one.method === message.method &&
        patterns.get(one.path)?.test(path) &&
        (!one.path.includes('{') || !isExact(path)),
    );
    const bytes = Buffer.concat(parts);
    let request: ServerRequest = {
      method: message.method ?? 'GET',
      path,
      query: url.searchParams,
      headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)])),
      bytes,
      operation,
      ids: operation ? (toPattern(operation.path).exec(path)?.slice(1) ?? []) : [],
      json: parse(bytes.toString()),
    };
    request = bug.request?.(request) ?? request;
    const answer = { ...(await answerTo(request)), delaysMs: [] as number[] };
    if (answer.isStream) answer.delaysMs = answer.blocks.map(() => 4);
    return bug.answer?.(answer, request, store.state) ?? answer;
  }

  const isExact = (path: string): boolean => operations.some((one) => one.path === path);

  async function answerTo(request: ServerRequest): Promise<MockAnswer> {
    const key = request.headers['x-api-key'];
    if (request.operation && key !== honestKey) return json(request, 401, { detail: 'Missing or invalid API key.' });
    const answer = await respond(request);
    const { operation } = request;
    if (answer.status >= 300 || !operation) return answer;
    if (streamOf(operation)) return generate(operation, answer, isRecord(request.json) ? request.json : {});
    const said = store.answer({ ...request, operation });
    if (said === null) return answer;
    if ('refusal' in said) return json(request, said.refusal, { detail: said.detail });
    if (answer.blocks.length === 0) return answer;
    const isText = answer.headers['content-type'] !== 'application/json' && typeof said.value === 'string';
    return isText ? { ...answer, blocks: [said.value as string] } : json(request, answer.status, said.value);
  }

  /** Samples with ids of their own, which are kept as logs. */
  function generate(operation: Operation, answer: MockAnswer, body: Row): MockAnswer {
    const drawn = store.configsFor(operation.id, body);
    if (!drawn) return { ...answer, status: 404, isStream: false, ...notFound };
    const { configIds, experimentId } = drawn;
    const samples = new Map<number, { id: string; output: string }>();
    const own = (entry: Row): Row => {
      const index = Number(entry['index']);
      const sample = samples.get(index) ?? { id: store.newId('data'), output: '' };
      samples.set(index, sample);
      sample.output += String(entry['output']);
      const model = configIds.length > 0 ? { model_config_id: configIds[index % configIds.length] } : {};
      const row: Row = { ...entry, id: sample.id, ...model };
      store.keepSample({ ...row, output: sample.output }, body, experimentId);
      return body['return_inputs'] === false ? { ...row, inputs: {} } : row;
    };
    const count = Number(body['num_samples'] ?? 1);
    const more = { num_samples: count, project_id: store.projectIdOf(body), session_id: store.sessionIdOf(body) };
    if (answer.isStream) {
      const blocks = answer.blocks.map((block) => {
        const envelope = parse(block.slice('data: '.length)) as Row;
        return `data: ${JSON.stringify({ ...envelope, ...more, data: (envelope['data'] as Row[]).map(own) })}\n\n`;
      });
      return { ...answer, blocks };
    }
    const envelope = parse(answer.blocks[0] ?? '') as Row;
    const [first] = envelope['data'] as Row[];
    const data = Array.from({ length: count }, (_, index) => own({ ...first, index }));
    return { ...answer, blocks: [JSON.stringify({ ...envelope, ...more, data })] };
  }

  const { origin } = await listen(server, 0, '127.0.0.1');
  return { baseUrl: origin + basePath, [Symbol.asyncDispose]: () => closeServer(server) };
}

const notFound = {
  headers: { 'content-type': 'application/json' },
  blocks: ['{"detail":"The request names something that does not exist."}'],
};

export function json(request: ServerRequest, status: number, body: unknown): MockAnswer {
  return {
    operationId: request.operation?.id ?? null,
    requestBody: request.json,
    status,
    headers: { 'content-type': 'application/json' },
    blocks: [JSON.stringify(body)],
    isStream: false,
    example: null,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '([^/]+)')}$`);
}
