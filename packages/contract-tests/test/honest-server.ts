import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { basePathOf, isRecord, type Document } from '../src/document/document.ts';
import { listOperations, type Operation } from '../src/document/operations.ts';
import { closeServer, listen } from '../src/mock/listen.ts';
import type { createResponder, MockAnswer, MockRequest } from '../src/mock/responder.ts';

type Row = Record<string, unknown>;

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

/** What the server remembers: objects by kind and id, as they are answered. */
export type State = Map<string, Map<string, Row>>;

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
  const basePath = basePathOf(document);
  const state: State = new Map();
  let count = 0;
  const newId = (prefix: string): string => `${prefix}_${String((count += 1)).padStart(21, 'x')}`;

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
        one.method === message.method && toPattern(one.path).test(path) && (!one.path.includes('{') || !isExact(path)),
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
    return bug.answer?.(answer, request, state) ?? answer;
  }

  const isExact = (path: string): boolean => operations.some((one) => one.path === path);

  async function answerTo(request: ServerRequest): Promise<MockAnswer> {
    const key = request.headers['x-api-key'];
    if (request.operation && key !== honestKey) return json(request, 401, { detail: 'Missing or invalid API key.' });
    const answer = await respond(request);
    if (answer.status >= 300 || !request.operation) return answer;
    return remember(request, answer);
  }

  /** The answer of the document's example, made true: what was made is read, what was removed is gone. */
  function remember(request: ServerRequest, answer: MockAnswer): MockAnswer {
    const { operation, ids, method, query } = request;
    const body = isRecord(request.json) ? request.json : {};
    const segments = (operation?.path ?? '').split('/').filter((segment) => segment !== '' && !segment.startsWith('{'));
    const kind = segments.at(-1) === 'export' ? 'logs' : (segments.at(-1) ?? '');
    const owner = segments[0] ?? '';
    const [id = ''] = ids;
    const of = (name: string): Map<string, Row> => {
      if (!state.has(name)) state.set(name, new Map());
      return state.get(name) as Map<string, Row>;
    };
    if (ids.length > 0 && !of(owner).has(id)) return json(request, 404, { detail: `No ${owner} with the id ${id}.` });
    const example = parse(answer.blocks[0] ?? 'null');

    if (answer.isStream || Array.isArray((example as Row | null)?.['data'])) {
      const experiment = of('experiments').get(String(body['experiment_id']));
      if ('experiment_id' in body && !experiment) return json(request, 404, { detail: 'No such experiment.' });
      return generate(answer, body, experiment, (sample) => of('logs').set(String(sample['id']), logOf(sample)));
    }
    if (operation?.id === 'Feedback_feedback') {
      const log = of('logs').get(String(body['data_id']));
      for (const experiment of of('experiments').values()) {
        for (const config of experiment['configs'] as Row[]) {
          if (config['id'] === log?.['model_config_id']) {
            Object.assign(config, { trials_count: Number(config['trials_count']) + 1, mean: 1 });
          }
        }
      }
      return answer;
    }
    if (operation?.id === 'Experiments_sample') {
      const [config] = (of('experiments').get(id)?.['configs'] ?? []) as Row[];
      return json(request, answer.status, {
        ...(example as Row),
        config: { ...((example as Row)['config'] as Row), id: config?.['id'] },
      });
    }
    if (operation?.id === 'ModelConfigs_register') {
      const made = {
        ...((example as Row)['config'] as Row),
        ...pick(body, (example as Row)['config'] as Row),
        id: newId('config'),
      };
      of('model-configs').set(made.id, made);
      return json(request, answer.status, { ...(example as Row), project_id: body['project_id'], config: made });
    }
    if (method === 'GET' && Array.isArray(example)) {
      const listed = [...of(kind).values()].filter((row) => ids.length === 0 || row['project_id'] === id);
      return json(request, answer.status, listed);
    }
    if (isRecord(example) && 'records' in example) {
      const size = Number(query.get('size') ?? example['size']);
      const all = [...of(kind).values()];
      const page = Number(query.get('page') ?? example['page']);
      return json(request, answer.status, { records: all.slice(0, size), page, size, total: all.length });
    }
    if (operation?.path.endsWith('}') && method === 'GET') return json(request, answer.status, of(owner).get(id));
    if (operation?.path.endsWith('}') && method === 'PATCH') {
      const row = of(owner).get(id) as Row;
      Object.assign(row, pick(body, row));
      return json(request, answer.status, row);
    }
    if (operation?.path.endsWith('}') && method === 'DELETE') {
      of(owner).delete(id);
      return answer;
    }
    if (method === 'POST' && isRecord(example) && typeof example['id'] === 'string') {
      const whole = operations.find((one) => one.method === 'GET' && one.path === `/${kind}/{id}`);
      const item = whole?.responses[0]?.content[0]?.examples[0]?.value as Row | undefined;
      const made: Row = { ...item, ...example, ...pick(body, example), id: newId(example['id'].split('_')[0] ?? 'id') };
      if (ids.length > 0 && 'project_id' in made) made['project_id'] = id;
      if (Array.isArray(body['config_ids']) && Array.isArray(made['configs'])) {
        const [first] = made['configs'] as Row[];
        made['configs'] = body['config_ids'].map((config) => ({ ...first, id: config, trials_count: 0, mean: null }));
      }
      of(kind).set(String(made['id']), made);
      return json(request, answer.status, made);
    }
    return answer;
  }

  /** Samples with ids of their own, of model configs that the experiment has. */
  function generate(
    answer: MockAnswer,
    body: Row,
    experiment: Row | undefined,
    keep: (sample: Row) => void,
  ): MockAnswer {
    const samples = new Map<number, { id: string; output: string }>();
    const configs = ((experiment?.['configs'] as Row[] | undefined) ?? []).map((config) => config['id']);
    const own = (entry: Row): Row => {
      const index = Number(entry['index']);
      const sample = samples.get(index) ?? { id: newId('data'), output: '' };
      samples.set(index, sample);
      sample.output += String(entry['output']);
      const model = configs.length > 0 ? { model_config_id: configs[index % configs.length] } : {};
      const row = { ...entry, id: sample.id, ...model };
      keep({ ...row, output: sample.output });
      return row;
    };
    if (answer.isStream) {
      const blocks = answer.blocks.map((block) => {
        const envelope = parse(block.slice('data: '.length)) as Row;
        return `data: ${JSON.stringify({ ...envelope, data: (envelope['data'] as Row[]).map(own) })}\n\n`;
      });
      return { ...answer, blocks };
    }
    const envelope = parse(answer.blocks[0] ?? '') as Row;
    const [first] = envelope['data'] as Row[];
    const count = Number(body['num_samples'] ?? 1);
    const data = Array.from({ length: count }, (_, index) => own({ ...first, index }));
    return { ...answer, blocks: [JSON.stringify({ ...envelope, num_samples: count, data })] };
  }

  const logExample = operations.find(({ id }) => id === 'Logs_get')?.responses[0]?.content[0]?.examples[0]
    ?.value as Row;
  const logOf = (sample: Row): Row => ({
    ...logExample,
    id: sample['id'],
    output: sample['output'],
    model_config_id: sample['model_config_id'],
  });

  const { origin } = await listen(server, 0, '127.0.0.1');
  return { baseUrl: origin + basePath, [Symbol.asyncDispose]: () => closeServer(server) };
}

/** The properties of a request that the answer has, too. */
function pick(body: Row, example: Row): Row {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name in example && typeof body[name] !== 'object'));
}

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
