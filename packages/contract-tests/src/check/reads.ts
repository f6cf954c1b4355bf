import { isRecord } from '../document/document.ts';
import type { Operation } from '../document/operations.ts';
import { validRequest } from '../suite/request.ts';
import { Breach, Skip, type Prober } from './prober.ts';
import { successStatuses } from './rules.ts';

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
  const answer = await prober.attempt(operation.id, 'can be read', async () => {
    const { value } = await prober.call(operation, request, successStatuses(operation));
    const asked = Object.values(request.path).at(-1);
    const isItem = operation.path.endsWith('}');
    if (isItem && isRecord(value) && 'id' in value && value['id'] !== asked) {
      throw new Breach(`asked for ${asked}, got ${String(value['id'])}`);
    }
    return value;
  });
  const records = recordsOf(answer);
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
  await prober.attempt(operation.id, 'keeps to the size of a page', async () => {
    const first = operation.parameters.find(({ name }) => name === 'page')?.example ?? 0;
    const query: [string, string][] = [...request.query, ['size', '1'], ['page', JSON.stringify(first)]];
    const { value } = await prober.call(operation, { ...request, query }, successStatuses(operation));
    const count = recordsOf(value).length;
    if (count > 1) throw new Breach(`size=1 gives ${count} records`);
    if (isRecord(value) && value['size'] !== 1) throw new Breach(`size=1 is reported as ${String(value['size'])}`);
    if (isRecord(value) && isRecord(whole) && value['total'] !== whole['total']) {
      throw new Breach(`the total is ${String(whole['total'])}, and ${String(value['total'])} with size=1`);
    }
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
