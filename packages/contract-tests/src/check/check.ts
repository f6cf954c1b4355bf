import { readDocument, type Document } from '../document/document.ts';
import { ContractError } from '../errors.ts';
import { mockName } from '../mock/name.ts';
import { reachTarget } from '../targets/reach.ts';
import { runLifeCycle } from './life-cycle.ts';
import { Prober } from './prober.ts';
import { checkReads, type KnownIds } from './reads.ts';
import type { CheckResult, Report } from './report.ts';
import { checkKeys, checkRefusals, checkRouting, checkRules, checkTypes, findMissing } from './rules.ts';

export interface CheckOptions {
  /** Base URL of the server, with the path before `/chat`. */
  target: string;
  apiKey: string;
  /** Whether things may be made, generated and removed. Default false: nothing is changed on an honest server. */
  write?: boolean;
  /** Operations that the server is known not to have, with the reason. One that is there fails. */
  expectMissing?: Record<string, string>;
  /** Ids of the operations to check; default all. What they need is made and removed all the same. */
  only?: string[];
  /** Longest wait for one answer, ms; default 30_000. */
  timeoutMs?: number;
  /** Bounds of each stream; defaults 1_000 and 60_000. */
  maxEvents?: number;
  maxStreamMs?: number;
  /** Default that of `@humanloop-v4/openapi`. */
  document?: Document;
  /** Told of each result as it comes. */
  onResult?: (result: CheckResult) => void;
}

/**
 * Checks a live server against the document: routes, keys, refusals, and every answer's status, media type and body. With
 * `write` also whole lives: project, model configs, experiment, generations in JSON and as streams, feedback, removal.
 *
 * @throws {ContractError} `target-down` or `bad-option`; what the server does wrong is in the report.
 */
export async function checkServer(options: CheckOptions): Promise<Report> {
  const start = performance.now();
  if (options.apiKey === '')
    throw new ContractError('bad-option', 'The API key is missing: give --api-key, or set HUMANLOOP_API_KEY.');
  if (!/^[\x20-\x7e]+$/.test(options.apiKey))
    throw new ContractError('bad-option', 'The API key has characters that a header cannot carry.');
  const { origin, path, server } = await reachTarget(options.target);
  if (options.write === true && server === mockName) {
    throw new ContractError(
      'bad-option',
      'The target is the mock, which forgets what it makes, so it cannot keep what --write looks for: leave that out, or check a server.',
    );
  }
  const document = options.document ?? (await readDocument());
  const prober = new Prober({
    target: origin + path,
    apiKey: options.apiKey,
    document,
    only: options.only,
    timeoutMs: options.timeoutMs ?? 30_000,
    onResult: options.onResult ?? (() => {}),
  });
  const expectedMissing = options.expectMissing ?? {};
  for (const id of [...Object.keys(expectedMissing), ...(options.only ?? [])]) {
    if (!prober.operations.some((operation) => operation.id === id)) {
      throw new ContractError('bad-option', `The document has no operation "${id}".`);
    }
  }

  const missing = await findMissing(prober);
  prober.missing = missing;
  const here = prober.operations.filter(({ id }) => prober.wants(id) && !missing.has(id));
  const none = { problems: [], durationMs: 0 };
  for (const id of missing) prober.add({ operationId: id, title: 'is there', outcome: 'missing', ...none });
  for (const id of Object.keys(expectedMissing).filter((one) => !missing.has(one))) {
    const problems = ['it is there, though it was expected to be missing: take it off the list'];
    prober.add({ operationId: id, title: 'is missing', outcome: 'failed', problems, durationMs: 0 });
  }

  await checkRouting(prober, missing);
  for (const operation of here) await checkRules(prober, operation);
  await checkKeys(prober, here);
  const write = options.write === true;
  if (write) await checkTypes(prober, here);
  for (const operation of here) await checkRefusals(prober, operation, write);
  const ids: KnownIds = new Map();
  const remove = write
    ? await runLifeCycle(prober, ids, { maxEvents: options.maxEvents ?? 1_000, maxMs: options.maxStreamMs ?? 60_000 })
    : undefined;
  await checkReads(prober, missing, ids);
  await remove?.();
  return {
    target: options.target,
    mode: write ? 'write' : 'read-only',
    results: prober.results,
    expectedMissing,
    coverage: prober.coverage.result,
    durationMs: Math.round(performance.now() - start),
  };
}
