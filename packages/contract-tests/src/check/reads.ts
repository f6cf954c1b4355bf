import { isRecord } from '../document/document.ts';
import { successOf, type Operation } from '../document/operations.ts';
import { toTarget, validRequest, type RequestParts } from '../suite/request.ts';
import { checkDefaults, checkOptions, checkOrder, checkPaging } from './lists.ts';
import { Breach, recordsOf, Skip, type Prober } from './prober.ts';
import { successStatuses } from './rules.ts';
import { expectSame, type Row } from './steps.ts';

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
  let open = prober.operations.filter((operation) => isReading(operation) && !missing.has(operation.id));
  const listed = new Map<string, Row>();
  for (let isNew = true; isNew;) {
    const ready = open.filter((operation) => parametersFrom(operation, ids) !== null);
    isNew = ready.length > 0;
    open = open.filter((operation) => !ready.includes(operation));
    for (const operation of ready) await read(prober, operation, ids, listed);
  }
  for (const operation of open.filter(({ id }) => prober.wants(id) && !prober.succeeded.has(id))) {
    await prober.attempt(operation.id, 'can be read', async () => {
      throw new Skip('nothing that the server listed has the id that it needs');
    });
  }
}

/** A page may be asked for with POST, too. */
function isReading({ method, body, parameters }: Operation): boolean {
  return method === 'GET' || (!body && parameters.some(({ name }) => name === 'size'));
}

async function read(prober: Prober, operation: Operation, ids: KnownIds, listed: Map<string, Row>): Promise<void> {
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
    const problems = (isItem ? [] : isRecord(value) && 'id' in value ? [value] : recordsOf(value)).flatMap((row) =>
      findStrangers(operation, request, row),
    );
    if (problems.length > 0) throw new Breach(...problems.slice(0, 3));
    return value;
  });
  if (answer === undefined) return;
  await prober.attempt(operation.id, 'shows nothing without a key', async () => {
    const parts = { headers: {}, body: undefined };
    prober.judge(operation, await prober.send(operation.method, toTarget(operation, request), parts), [401]);
  });
  if (isRecord(answer) && operation.path.endsWith('}')) {
    await prober.attempt(operation.id, 'says the same when asked again', async () => {
      const again = (await prober.call(operation, request, successStatuses(operation))).value;
      expectSame(again as Row, lastingOf(answer), 'the second time');
      const row = listed.get(String(answer['id']));
      if (row) expectSame(lastingOf(row), pickFrom(lastingOf(answer), Object.keys(lastingOf(row))), 'in the list');
    });
  }
  const records = recordsOf(answer);
  const has = (name: string): boolean => operation.parameters.some((one) => one.name === name);
  if (has('sort_by')) await checkOrder(prober, operation, request);
  const kind = kindOf(operation.path.split('/').at(-1) ?? '');
  for (const record of records) {
    if (typeof record['id'] !== 'string') continue;
    remember(ids, kind, record['id']);
    listed.set(record['id'], record);
  }
  if (has('size')) await checkPaging(prober, operation, request, answer);
  await checkOptions(prober, operation, request);
  await checkDefaults(prober, operation, request, answer);
}

/** What a list of one thing's parts shows belongs to that thing: logs to the project that was asked for. */
function findStrangers(operation: Operation, request: Pick<RequestParts, 'path' | 'query'>, row: Row): string[] {
  const segments = operation.path.split('/');
  const asked = [
    ...Object.entries(request.path).map(([name, value]) => {
      const before = segments[segments.indexOf(`{${name}}`) - 1] ?? '';
      return [name === 'id' ? `${before.replace(/s$/, '')}_id` : name, value] as const;
    }),
    ...request.query,
  ];
  return asked
    .filter(([name, value]) => name.endsWith('_id') && ![undefined, null, '', value].includes(row[name] as string))
    .map(([name, value]) => `${name} of a record is ${String(row[name])}, where ${value} was asked for`);
}

/** What does not change by itself: the short texts, numbers and truth values that are no counts, states or times of use. */
function lastingOf(row: Row): Row {
  const changing = /updated|last_|count|status|version|mean|spread|trial|cost|tokens/;
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) => ['string', 'number', 'boolean'].includes(typeof value) && !changing.test(name),
    ),
  );
}

function pickFrom(row: Row, names: string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
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
