import { isRecord } from '../document/document.ts';
import { successOf, type Operation } from '../document/operations.ts';
import { validRequest } from '../suite/request.ts';
import { Breach, Skip, type Prober } from './prober.ts';
import { successStatuses } from './rules.ts';
import { timeOf } from './steps.ts';

/** Ids that the server is known to have, by kind: `projects` → `pr_3usCu3dAkgrXTlufrvPs7`. */
export type KnownIds = Map<string, Set<string>>;

export function remember(ids: KnownIds, kind: string, id: string): void {
  ids.set(kind, (ids.get(kind) ?? new Set()).add(id));
}

/** Configs of a project are model configs by their own address. */
const aliases: Record<string, string> = { configs: 'model-configs' };

/**
 * Reads whatever can be read: first the lists that need no id, then what their records name, until nothing is new.
 * Each answer is judged by the document, and an object has to be the one that was asked for.
 */
export async function checkReads(prober: Prober, missing: Set<string>, ids: KnownIds): Promise<void> {
  // All lists are read, whatever is wanted, because their records have the ids that others need.
  let open = prober.operations.filter(({ id, method }) => method === 'GET' && !missing.has(id));
  for (let isNew = true; isNew;) {
    const ready = open.filter((operation) => parametersFrom(operation, ids) !== null);
    isNew = ready.length > 0;
    open = open.filter((operation) => !ready.includes(operation));
    for (const operation of ready) await read(prober, operation, ids);
  }
  for (const operation of open.filter(({ id }) => prober.wants(id) && !prober.succeeded.has(id))) {
    await prober.attempt(operation.id, 'can be read', async () => {
      throw new Skip('nothing that the server listed has the id that it needs');
    });
  }
}

async function read(prober: Prober, operation: Operation, ids: KnownIds): Promise<void> {
  const valid = validRequest(operation);
  const known = parametersFrom(operation, ids);
  const request = { ...valid, path: known?.path ?? {}, query: known?.query ?? [] };
  // What an object may have one of, such as an active config. Lists are there also when they are empty.
  const example = successOf(operation).content[0]?.examples[0]?.value;
  const isPart = /\}\/[^{}]+$/.test(operation.path) && isRecord(example) && !('records' in example);
  const answer = await prober.attempt(operation.id, 'can be read', async () => {
    const { status, value } = await prober.call(operation, request, [
      ...successStatuses(operation),
      ...(isPart ? [404] : []),
    ]);
    if (status === 404) throw new Skip('what was listed has none');
    const asked = Object.values(request.path).at(-1);
    const isItem = operation.path.endsWith('}');
    if (isItem && isRecord(value) && 'id' in value && value['id'] !== asked) {
      throw new Breach(`asked for ${asked}, got ${String(value['id'])}`);
    }
    return value;
  });
  const records = recordsOf(answer);
  if (operation.parameters.some(({ name }) => name === 'sort_by')) await checkOrder(prober, operation, request);
  const kind = kindOf(operation.path.split('/').at(-1) ?? '');
  for (const record of records) if (typeof record['id'] === 'string') remember(ids, kind, record['id']);
  if (operation.parameters.some(({ name }) => name === 'size')) await checkPaging(prober, operation, request, answer);
}

async function checkPaging(
  prober: Prober,
  operation: Operation,
  request: ReturnType<typeof validRequest>,
  whole: unknown,
): Promise<void> {
  if (!isRecord(whole)) return;
  const first = Number(operation.parameters.find(({ name }) => name === 'page')?.example ?? 0);
  const total = Number(whole['total']);
  const all = recordsOf(whole);
  const pageOf = async (page: number): Promise<Record<string, unknown>[]> => {
    const query: [string, string][] = [...request.query, ['size', '1'], ['page', String(page)]];
    const { value } = await prober.call(operation, { ...request, query }, successStatuses(operation));
    if (!isRecord(value)) throw new Breach('a page is no object');
    const wanted = { page, size: 1, total };
    const wrong = Object.entries(wanted).find(([name, number]) => value[name] !== number);
    if (wrong)
      throw new Breach(`page=${page}&size=1 gives the ${wrong[0]} ${String(value[wrong[0]])}, not ${wrong[1]}`);
    return recordsOf(value);
  };
  await prober.attempt(operation.id, 'divides what it lists into pages', async () => {
    if (whole['page'] !== first) throw new Breach(`the first page is ${String(whole['page'])}, not ${first}`);
    const size = Number(whole['size']);
    const count = Math.min(size, total);
    if (size > 0 && all.length !== count)
      throw new Breach(`lists ${all.length} of ${total} records on a page of ${size}`);
    for (const index of total > 1 ? [0, 1] : [0]) {
      const records = await pageOf(first + index);
      const wanted = Math.min(1, total);
      if (records.length !== wanted)
        throw new Breach(`size=1 gives ${records.length} records on the page ${first + index}, of ${total}`);
      const [got, same] = [records[0]?.['id'], all[index]?.['id']];
      if (got !== same)
        throw new Breach(`size=1 gives ${String(got)} on the page ${first + index}, not ${String(same)}`);
    }
    if (total < 1_000 && (await pageOf(first + total)).length > 0)
      throw new Breach(`the page after the last has records`);
  });
}

/** Lists that sort do so by the words of their parameters, both ways. */
async function checkOrder(
  prober: Prober,
  operation: Operation,
  request: ReturnType<typeof validRequest>,
): Promise<void> {
  const sorted = async (by: string, order: string): Promise<Record<string, unknown>[]> => {
    const query: [string, string][] = [...request.query, ['sort_by', by], ['order', order]];
    return recordsOf((await prober.call(operation, { ...request, query }, successStatuses(operation))).value);
  };
  await prober.attempt(operation.id, 'sorts by time, either way', async () => {
    for (const by of ['created_at', 'updated_at']) {
      for (const order of ['asc', 'desc']) {
        const times = (await sorted(by, order)).map((row) => timeOf(row[by]));
        const at = times.findIndex((time, index) =>
          order === 'asc' ? time < (times[index - 1] ?? time) : time > (times[index - 1] ?? time),
        );
        if (at > 0) throw new Breach(`sort_by=${by}&order=${order}: record ${at} is out of order`);
      }
    }
  });
  await prober.attempt(operation.id, 'sorts by name, either way', async () => {
    // How a server compares letters is its own affair, but the two orders mirror each other.
    const [up, down] = [await sorted('name', 'asc'), await sorted('name', 'desc')];
    const { value } = await prober.call(operation, request, successStatuses(operation));
    if (!isRecord(value) || Number(value['total']) > up.length) return;
    const [there, back] = [
      up.map(({ id }) => id).join(),
      down
        .map(({ id }) => id)
        .toReversed()
        .join(),
    ];
    if (there !== back) throw new Breach('sort_by=name: order=asc is not the reverse of order=desc');
  });
}

/** Values for the ids that an operation needs; null when the server has named none. */
function parametersFrom(
  { path, parameters }: Operation,
  ids: KnownIds,
): { path: Record<string, string>; query: [string, string][] } | null {
  const segments = path.split('/');
  const found = { path: {} as Record<string, string>, query: [] as [string, string][] };
  for (const { name, in: place, required } of parameters) {
    if (place !== 'path' && !required) continue;
    const before = segments[segments.indexOf(`{${name}}`) - 1];
    const kind = place === 'path' && before !== undefined ? kindOf(before) : `${name.replace(/_id$/, '')}s`;
    const id = [...(ids.get(kind) ?? [])].at(-1);
    if (id === undefined) return null;
    if (place === 'path') found.path[name] = id;
    else found.query.push([name, id]);
  }
  return found;
}

function kindOf(segment: string): string {
  return aliases[segment] ?? segment;
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  const list = isRecord(value) ? value['records'] : value;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
