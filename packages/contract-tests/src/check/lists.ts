import { isRecord } from '../document/document.ts';
import type { Operation } from '../document/operations.ts';
import type { RequestParts } from '../suite/request.ts';
import { Breach, recordsOf, type Prober } from './prober.ts';
import { successStatuses } from './rules.ts';
import { timeOf } from './times.ts';

/** Reads the beginning of a list in pages of one and of two, and beyond the end, and compares with the whole. */
export async function checkPaging(
  prober: Prober,
  operation: Operation,
  request: RequestParts,
  whole: unknown,
): Promise<void> {
  if (!isRecord(whole)) return;
  const first = Number(operation.parameters.find(({ name }) => name === 'page')?.example ?? 0);
  const total = Number(whole['total']);
  const all = recordsOf(whole).map(nameOf);
  const pageOf = async (page: number, size: number): Promise<string[]> => {
    const query: [string, string][] = [...request.query, ['size', String(size)], ['page', String(page)]];
    const { value } = await prober.call(operation, { ...request, query }, successStatuses(operation));
    if (!isRecord(value)) throw new Breach('a page is no object');
    const wanted = { page, size, total };
    const wrong = Object.entries(wanted).find(([name, number]) => value[name] !== number);
    if (wrong)
      throw new Breach(`page=${page}&size=${size} gives the ${wrong[0]} ${String(value[wrong[0]])}, not ${wrong[1]}`);
    return recordsOf(value).map(nameOf);
  };
  await prober.attempt(operation.id, 'divides what it lists into pages', async () => {
    if (whole['page'] !== first) throw new Breach(`the first page is ${String(whole['page'])}, not ${first}`);
    const size = Number(whole['size']);
    const count = Math.min(size, total);
    if (size > 0 && all.length !== count)
      throw new Breach(`lists ${all.length} of ${total} records on a page of ${size}`);
    for (const sizeOfPage of [1, 2]) {
      for (let from = 0; from === 0 || (from < all.length && from < 3 * sizeOfPage); from += sizeOfPage) {
        const page = first + from / sizeOfPage;
        const [got, same] = [await pageOf(page, sizeOfPage), all.slice(from, from + sizeOfPage)];
        if (got.length !== Math.min(sizeOfPage, total - from) || same.some((name, index) => name !== got[index]))
          throw new Breach(
            `size=${sizeOfPage} gives ${got.join(', ') || 'nothing'} on the page ${page}, not ${same.join(', ')}`,
          );
      }
    }
    if (total < 1_000 && (await pageOf(first + total, 1)).length > 0)
      throw new Breach(`the page after the last has records`);
  });
}

/** By what a record is known again. */
function nameOf(record: Record<string, unknown>): string {
  return typeof record['id'] === 'string' ? record['id'] : JSON.stringify(record).slice(0, 200);
}

/** Each optional query parameter is taken, with the words that the document knows. */
export async function checkOptions(prober: Prober, operation: Operation, request: RequestParts): Promise<void> {
  const cases = prober.expectations.options.get(operation.id) ?? [];
  if (cases.length === 0) return;
  await prober.attempt(operation.id, 'takes each of its query parameters', async () => {
    for (const one of cases) {
      const own = one.request.query.filter(([name]) => !request.query.some(([known]) => known === name));
      // An environment, say, that the server does not have.
      const statuses = [...successStatuses(operation), ...(request.path['id'] === undefined ? [] : [404])];
      await prober.call(operation, { ...request, query: [...request.query, ...own] }, statuses);
    }
  });
}

/** To send the defaults of all query parameters is to send none. */
export async function checkDefaults(
  prober: Prober,
  operation: Operation,
  request: RequestParts,
  answer: unknown,
): Promise<void> {
  const defaults = prober.expectations.defaults.get(operation.id) ?? [];
  if (defaults.length === 0) return;
  await prober.attempt(operation.id, 'takes the defaults of the document where nothing is said', async () => {
    const query = [...request.query, ...defaults];
    const { value } = await prober.call(operation, { ...request, query }, successStatuses(operation));
    const [said, unsaid] = [value, answer].map((list) => recordsOf(list).map(nameOf).join(', '));
    const text = defaults.map(([name, one]) => `${name}=${one}`).join('&');
    if (said !== unsaid) throw new Breach(`lists ${unsaid || 'nothing'}, but with ${text} ${said || 'nothing'}`);
    for (const [name, one] of defaults) {
      if (isRecord(answer) && name in answer && String(answer[name]) !== one)
        throw new Breach(`${name} is ${String(answer[name])} where nothing is said, not ${one}`);
    }
  });
}

/** Lists that sort do so by the words of their parameters, both ways. */
export async function checkOrder(prober: Prober, operation: Operation, request: RequestParts): Promise<void> {
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
