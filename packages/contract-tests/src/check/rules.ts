import { successOf, type Operation } from '../document/operations.ts';
import type { Case } from '../suite/cases.ts';
import { toTarget, validRequest } from '../suite/request.ts';
import { Breach, type Prober } from './prober.ts';

/** An id that no server has. */
const nothing = 'contract_test_nothing';

/** A request that names only things that do not exist, so that a server that should refuse it and does not changes nothing. */
function harmlessRequest(operation: Operation): ReturnType<typeof validRequest> {
  const valid = validRequest(operation);
  return {
    ...valid,
    path: Object.fromEntries(Object.keys(valid.path).map((name) => [name, nothing])),
    query: valid.query.map(([name, value]): [string, string] => [name, name.endsWith('_id') ? nothing : value]),
    ...(operation.body ? { body: '{}' } : {}),
  };
}

/**
 * Which operations the server does not have. A path that it has answers an unknown method with 405, so that 404 for an
 * unknown id is not mistaken for a missing operation.
 */
export async function findMissing(prober: Prober): Promise<Set<string>> {
  const missing = new Set<string>();
  for (const operation of prober.operations.filter(({ id }) => prober.wants(id))) {
    const request = harmlessRequest(operation);
    const target = toTarget(operation, request);
    try {
      const headers = withoutKey(operation, request.headers);
      const { status } = await prober.send(operation.method, target, { ...request, headers });
      const isMissing =
        [405, 501].includes(status) || (status === 404 && (await unknownMethod(prober, operation)) === 404);
      if (isMissing) missing.add(operation.id);
    } catch {
      // It is there, and does not answer: the checks of its rules say so.
    }
  }
  return missing;
}

async function unknownMethod(prober: Prober, operation: Operation): Promise<number> {
  const methods = prober.operations.filter(({ path }) => path === operation.path).map(({ method }) => method);
  const method = ['PUT', 'PATCH', 'DELETE'].find((one) => !methods.includes(one)) ?? 'PUT';
  const request = harmlessRequest(operation);
  return (await prober.send(method, toTarget(operation, request), prober.withKey({ headers: {}, body: undefined })))
    .status;
}

/** The rules that every operation has, checked with requests that change nothing. */
export async function checkRules(prober: Prober, operation: Operation): Promise<void> {
  const { id } = operation;
  const request = harmlessRequest(operation);
  const target = toTarget(operation, request);
  for (const [title, key] of [
    ['refuses a request without a key', undefined],
    ['refuses a wrong key', 'contract-test-wrong-key'],
  ] as const) {
    await prober.attempt(id, title, async () => {
      const headers = withoutKey(operation, request.headers);
      const keyed = key === undefined ? headers : { ...headers, 'X-API-KEY': key };
      prober.judge(operation, await prober.send(operation.method, target, { ...request, headers: keyed }), [401]);
    });
  }
  if (operation.body) {
    await prober.attempt(id, 'refuses a body that is not JSON', async () => {
      await prober.call(operation, { ...request, body: '{"a":' }, [400, 422]);
    });
  }
  if (operation.method === 'GET' && Object.keys(request.path).length > 0) {
    await prober.attempt(id, 'answers 404 for an unknown id', async () => {
      await prober.call(operation, request, [404]);
    });
  }
}

/** The type of a body may name its charset. What exists is not changed: the answer is that there is no such thing. */
export async function checkTypes(prober: Prober, operations: Operation[]): Promise<void> {
  const operation = operations.find(({ method, body, path }) => method === 'PATCH' && body && path.endsWith('}'));
  if (!operation) return;
  const type = operation.body?.content[0]?.mediaType ?? 'application/json';
  for (const spelling of [`${type}; charset=utf-8`, `${type};charset="UTF-8"`, type.toUpperCase()]) {
    await prober.attempt(operation.id, `takes a body of the type ${spelling}`, async () => {
      const { path, query } = harmlessRequest(operation);
      const valid = validRequest(operation);
      const headers = { ...valid.headers, 'content-type': spelling };
      await prober.call(operation, { ...valid, path, query, headers }, [404]);
    });
  }
}

/**
 * Keys that are nearly right, or stand where they do not belong. Servers look at keys in one place, so this is asked of
 * one reading and one writing operation only.
 */
export async function checkKeys(prober: Prober, operations: Operation[]): Promise<void> {
  const reading = operations.find(
    ({ method, parameters }) => method === 'GET' && !parameters.some((one) => one.required),
  );
  const writing = operations.find(({ method, body }) => method === 'POST' && body);
  for (const operation of [reading, writing]) {
    const [name] = operation?.keyHeaders ?? [];
    if (!operation || name === undefined) continue;
    const request = harmlessRequest(operation);
    const others = withoutKey(operation, request.headers);
    const key = prober.key;
    const otherCase = key === key.toLowerCase() ? key.toUpperCase() : key.toLowerCase();
    const wrong: [title: string, headers: Record<string, string>][] = [
      ['refuses an empty key', { [name]: '' }],
      ['refuses the key with a letter more', { [name]: `${key}x` }],
      ['refuses the key without its last letter', { [name]: key.slice(0, -1) }],
      ...(otherCase === key
        ? []
        : [['refuses the key in other letters', { [name]: otherCase }] as [string, Record<string, string>]]),
      ['refuses the key under Authorization', { authorization: `Bearer ${key}` }],
    ];
    for (const [title, headers] of wrong) {
      await prober.attempt(operation.id, title, async () => {
        const target = toTarget(operation, request);
        const probe = await prober.send(operation.method, target, { ...request, headers: { ...others, ...headers } });
        prober.judge(operation, probe, [401]);
      });
    }
    if (operation !== reading) continue;
    await prober.attempt(operation.id, 'refuses the key in the query', async () => {
      // A server may see first that the query has a name that it does not know.
      const target = toTarget(operation, { ...request, query: [...request.query, ['api_key', key]] });
      prober.judge(operation, await prober.send('GET', target, { ...request, headers: others }), [401, 422]);
    });
    await prober.attempt(operation.id, 'takes the key under a name in small letters, or in capitals', async () => {
      for (const spelling of [name.toLowerCase(), name.toUpperCase()]) {
        const probe = await prober.send(operation.method, toTarget(operation, request), {
          ...request,
          headers: { ...others, [spelling]: key },
        });
        prober.judge(operation, probe, successStatuses(operation));
      }
    });
  }
}

/** What servers say to paths and methods that the document does not have. */
export async function checkRouting(prober: Prober, missing: Set<string>): Promise<void> {
  await prober.attempt(null, 'answers 404 for an unknown path', async () => {
    const { status } = await prober.send('GET', `/${nothing}`, prober.withKey({ headers: {}, body: undefined }));
    if (status !== 404) throw new Breach(`GET /${nothing} answered ${status}`);
  });
  const paths = Map.groupBy(
    prober.operations.filter(({ id }) => prober.wants(id) && !missing.has(id)),
    ({ path }) => path,
  );
  for (const [path, [operation]] of paths) {
    if (!operation) continue;
    await prober.attempt(operation.id, `answers 405 for a method that ${path} does not have`, async () => {
      const status = await unknownMethod(prober, operation);
      if (status !== 405) throw new Breach(`answered ${status}, not 405`);
    });
  }
}

/**
 * Requests that break one rule each. A server that does not refuse a body may store it, so bodies are for the write mode.
 */
export async function checkRefusals(prober: Prober, operation: Operation, write: boolean): Promise<void> {
  const { refusals } = prober.expectations;
  if (write) await checkUnknownId(prober, operation);
  for (const one of refusals.get(operation.id) ?? []) {
    if (one.kind === 'body' && !write) continue;
    await prober.attempt(operation.id, `refuses ${one.place}: ${one.label}`, async () => {
      // An unknown id may be found out before the body is looked at.
      const statuses = Object.keys(one.request.path).length > 0 ? [...one.statuses, 404] : one.statuses;
      await prober.call(operation, withNothing(operation, one), statuses);
    });
  }
}

/** A change or a removal of what does not exist, or of a part of it, with a body that is right. */
async function checkUnknownId(prober: Prober, operation: Operation): Promise<void> {
  const request = harmlessRequest(operation);
  if (operation.method === 'GET' || Object.keys(request.path).length === 0) return;
  await prober.attempt(operation.id, 'answers 404 for an unknown id', async () => {
    await prober.call(operation, { ...validRequest(operation), path: request.path, query: request.query }, [404]);
  });
}

function withNothing(operation: Operation, { request }: Case): Case['request'] {
  return operation.method === 'GET' ? request : { ...request, path: harmlessRequest(operation).path };
}

/** The successes of an operation with the statuses of the document. */
export function successStatuses(operation: Operation): number[] {
  return [successOf(operation).status];
}

function withoutKey(operation: Operation, headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !operation.keyHeaders.includes(name)));
}
