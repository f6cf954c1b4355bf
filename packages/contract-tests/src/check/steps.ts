import { randomUUID } from 'node:crypto';
import { isRecord } from '../document/document.ts';
import { validRequest } from '../suite/request.ts';
import { Breach, type Prober } from './prober.ts';
import { checkPaging } from './lists.ts';
import { remember, type KnownIds } from './reads.ts';
import { successStatuses } from './rules.ts';
import { timeOf } from './times.ts';

export type Row = Record<string, unknown>;

/** What the steps of a life share: calls by the operation's id, whose answers are judged, and the ids they brought. */
export class Steps {
  readonly prober: Prober;
  readonly ids: KnownIds;
  /** Ids of all that was generated: each is that of a log of its own. */
  readonly samples = new Set<string>();
  /** A word that stands in the name of each project of this run. */
  readonly token = randomUUID().slice(0, 8);

  constructor(prober: Prober, ids: KnownIds) {
    this.prober = prober;
    this.ids = ids;
  }

  /** Whether any of these operations is to be checked; a part of a life that concerns none of them is left out. */
  wantsAny(...operationIds: string[]): boolean {
    return operationIds.some((id) => this.prober.has(id) && this.prober.wants(id));
  }

  /** Calls an operation that answers with an object. */
  async call(id: string, path: Record<string, string>, body?: unknown): Promise<Row> {
    const value = await this.value(id, path, body);
    if (!isRecord(value)) throw new Breach('the answer is no object');
    return value;
  }

  /** @param query - in place of the required parameters of the document's examples. */
  async value(
    id: string,
    path: Record<string, string>,
    body?: unknown,
    query?: [name: string, value: string][],
  ): Promise<unknown> {
    const operation = this.prober.operation(id);
    const request = { ...validRequest(operation, body), path, ...(query ? { query } : {}) };
    return (await this.prober.call(operation, request, successStatuses(operation))).value;
  }

  async rows(id: string, path: Record<string, string>, body?: unknown): Promise<Row[]> {
    return rows(await this.value(id, path, body));
  }

  /** Reads a list in pages of several sizes. */
  async pages(id: string, path: Record<string, string>, query: [name: string, value: string][] = []): Promise<void> {
    if (!this.prober.has(id) || this.prober.missing.has(id)) return;
    const operation = this.prober.operation(id);
    const whole = await this.prober.attempt(id, 'can be read', () => this.value(id, path, undefined, query));
    await checkPaging(this.prober, operation, { ...validRequest(operation), path, query }, whole);
  }

  /** Calls an operation that has to refuse. */
  async refused(
    id: string,
    path: Record<string, string>,
    statuses: number[],
    body?: unknown,
    query?: [name: string, value: string][],
  ): Promise<void> {
    const operation = this.prober.operation(id);
    await this.prober.call(
      operation,
      { ...validRequest(operation, body), path, ...(query ? { query } : {}) },
      statuses,
    );
  }

  /** One call as a check of its own. */
  step(id: string, title: string, path: Record<string, string>, body?: unknown): Promise<Row | undefined> {
    return this.prober.attempt(id, title, () => this.call(id, path, body));
  }

  remember(kind: string, id: string): void {
    remember(this.ids, kind, id);
  }

  /** Changes an object, and reads that this changed, and nothing else did. */
  async change(update: string, get: string, id: string, body: Row): Promise<void> {
    await this.prober.attempt(update, 'keeps a change, and nothing else changes', async () => {
      const before = await this.call(get, { id });
      expectSame(await this.call(update, { id }, body), { id, ...body }, 'the answer');
      const after = await this.call(get, { id });
      expectSame(after, { id, ...body }, 'what is read then');
      const own = Object.entries(before).filter(
        ([name, value]) => !(name in body) && value !== null && !/updated_at|last_used|version/.test(name),
      );
      expectSame(after, Object.fromEntries(own), 'what was not to change');
    });
  }

  async remove(remove: string, get: string, path: Record<string, string>): Promise<void> {
    await this.prober.attempt(remove, 'removes it for good', async () => {
      await this.value(remove, path);
      await this.refused(get, path, [404]);
      await this.refused(remove, path, [404]);
    });
  }
}

/** @throws {Breach} when a property has another value than wanted; a text may have lost blanks around it. */
export function expectSame(row: Row | undefined, wanted: Row, what = ''): void {
  if (!row) throw new Breach('it is not there');
  const problems = Object.entries(wanted)
    .filter(([name, value]) => stable(row[name]) !== stable(value) && !isSameTime(name, row[name], value))
    .map(([name, value]) => `${what ? `${what}: ` : ''}${name} is ${brief(row[name])}, not ${brief(value)}`);
  if (problems.length > 0) throw new Breach(...problems.slice(0, 10));
}

/** The properties of a request that the answer has, too, and that are no objects: servers fill those in. */
export function echoOf(body: Row, answer: Row): Row {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => name in answer && (typeof value !== 'object' || value === null)),
  );
}

export function rows(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function ids(list: Row[]): string[] {
  return list.map(({ id }) => String(id));
}

/** One answer may give a time with a zone or more digits than another. */
function isSameTime(name: string, a: unknown, b: unknown): boolean {
  return name.endsWith('_at') && Math.abs(timeOf(a) - timeOf(b)) < 1_000;
}

/** JSON in which the order of properties does not count. */
function stable(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 200);
}
