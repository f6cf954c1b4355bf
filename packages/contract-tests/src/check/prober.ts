import { ContractCoverage } from '../suite/coverage.ts';
import { isRecord, type Document } from '../document/document.ts';
import type { Operation } from '../document/operations.ts';
import type { Schemas } from '../document/schemas.ts';
import { messageOf } from '../errors.ts';
import { toTarget, type RequestParts } from '../suite/request.ts';
import { expectationsOf, type Expectations } from './expectations.ts';
import type { CheckResult } from './report.ts';

/** One request and its answer, as it was on the wire. */
export interface Probe {
  status: number;
  mediaType: string;
  text: string;
  /** The parsed JSON, or the text of another type; undefined where JSON is broken. */
  value: unknown;
  /** What is wrong with the answer by HTTP, whatever it says. */
  problems: string[];
}

export interface ProberOptions {
  target: string;
  apiKey: string;
  document: Document;
  /** Ids of the operations to check; undefined: all. */
  only: string[] | undefined;
  /** Longest wait for one answer, ms. */
  timeoutMs: number;
  onResult: (result: CheckResult) => void;
}

/** What a check throws when the server breaks the contract. */
export class Breach extends Error {
  override readonly name = 'Breach';
  readonly problems: string[];

  constructor(...problems: string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** Throws when a check has nothing to try. */
export class Skip extends Error {
  override readonly name = 'Skip';
}

/**
 * Sends requests to a live server, judges every answer by the document, and keeps the results.
 *
 * Whatever a check is about, each answer has to have a documented status, a documented media type, and a body that its
 * schema accepts.
 */
export class Prober {
  readonly expectations: Expectations;
  readonly results: CheckResult[] = [];
  /** Operations that have answered with a success at least once. */
  readonly succeeded = new Set<string>();
  /** What all exchanges have exercised, also those that were found faulty. */
  readonly coverage: ContractCoverage;
  /** Operations that the server does not have. Steps that need one are skipped. */
  missing = new Set<string>();
  readonly #options: ProberOptions;
  readonly #timeouts = new Map<string, number>();
  readonly #durations: number[] = [];
  /** When things were made, by the operation that said so and their id. */
  readonly #births = new Map<string, string>();
  /** Operations that the present check has called. */
  #called = new Set<string>();
  #curl: string | null = null;
  #received: string | null = null;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.expectations = expectationsOf(options.document);
    this.coverage = new ContractCoverage(
      { ...this.expectations, document: options.document },
      this.operations.filter(({ id }) => this.wants(id)),
    );
  }

  get operations(): Operation[] {
    return this.expectations.operations;
  }

  /** Whether an operation is to be checked. What others need it for is done all the same. */
  wants(id: string): boolean {
    return this.#options.only?.includes(id) ?? true;
  }

  get schemas(): Schemas {
    return this.expectations.schemas;
  }

  has(id: string): boolean {
    return this.operations.some((operation) => operation.id === id);
  }

  operation(id: string): Operation {
    const operation = this.operations.find((one) => one.id === id);
    if (!operation) throw new Skip(`the document has no ${id}`);
    if (this.missing.has(id)) throw new Skip(`the server has no ${id}`);
    return operation;
  }

  /** The key that the server accepts. */
  get key(): string {
    return this.#options.apiKey;
  }

  /** How long this server takes for an ordinary answer, ms: 95 of 100 came sooner. */
  get usualMs(): number {
    const sorted = this.#durations.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  }

  /**
   * Runs one check and keeps its result; gives what it returns, or undefined when it did not pass. A result that
   * concerns no operation that is wanted is not kept: the check was made for what comes after it.
   */
  async attempt<T>(operationId: string | null, title: string, check: () => Promise<T>): Promise<T | undefined> {
    const start = performance.now();
    this.#curl = null;
    this.#received = null;
    this.#called = new Set();
    let outcome: CheckResult['outcome'] = 'passed';
    let problems: string[] = [];
    let value: T | undefined;
    try {
      // One that keeps everybody waiting is not asked for ever.
      if ((this.#timeouts.get(operationId ?? '') ?? 0) >= 2) throw new Skip('it did not answer in time, twice');
      value = await check();
    } catch (error) {
      outcome = error instanceof Skip ? 'skipped' : 'failed';
      problems = error instanceof Breach ? error.problems : [describeError(error, this.#options.timeoutMs)];
      if (isTimeout(error)) this.#timeouts.set(operationId ?? '', (this.#timeouts.get(operationId ?? '') ?? 0) + 1);
    }
    if (operationId === null || [operationId, ...this.#called].some((id) => this.wants(id))) {
      this.add({ operationId, title, outcome, problems, durationMs: Math.round(performance.now() - start) });
    }
    return outcome === 'passed' ? value : undefined;
  }

  add(result: Omit<CheckResult, 'curl' | 'received'>): void {
    const whole = { ...result, curl: this.#curl, received: this.#received };
    this.results.push(whole);
    this.#options.onResult(whole);
  }

  /** Sends a request with the key, and judges the answer. @param expected - the statuses that are right here. */
  async call(operation: Operation, request: RequestParts, expected: number[]): Promise<Probe> {
    this.#called.add(operation.id);
    const probe = await this.send(operation.method, toTarget(operation, request), this.withKey(request));
    this.judge(operation, probe, expected);
    return probe;
  }

  withKey({ headers, body }: Pick<RequestParts, 'headers' | 'body'>): Pick<RequestParts, 'headers' | 'body'> {
    return { headers: { ...headers, 'X-API-KEY': this.#options.apiKey }, body };
  }

  /** Sends a request, and reads the whole answer. */
  async send(method: string, path: string, parts: Pick<RequestParts, 'headers' | 'body'>): Promise<Probe> {
    const start = performance.now();
    const response = await this.open(method, path, parts);
    const bytes = await response.arrayBuffer();
    this.#durations.push(performance.now() - start);
    // A byte order mark is no part of JSON (RFC 8259, section 8.1), so it is not passed over.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const mediaType = mediaTypeOf(response);
    this.received(response, text);
    const value = mediaType === 'application/json' ? parseJson(text) : text;
    return { status: response.status, mediaType, text, value, problems: findHttpProblems(response, bytes) };
  }

  /** Sends a request with the key, and leaves the body to be read. */
  openWithKey(operation: Operation, request: RequestParts, signal: AbortSignal): Promise<Response> {
    this.#called.add(operation.id);
    return this.open(operation.method, toTarget(operation, request), this.withKey(request), signal);
  }

  /** Keeps the beginning of an answer for the report. */
  received(response: Response, text: string): void {
    this.#received = `${response.status} ${response.headers.get('content-type') ?? ''}\n${text.slice(0, 2_000)}`;
  }

  /** Sends a request, and leaves the body to be read. */
  async open(
    method: string,
    path: string,
    { headers, body }: Pick<RequestParts, 'headers' | 'body'>,
    signal: AbortSignal = AbortSignal.timeout(this.#options.timeoutMs),
  ): Promise<Response> {
    const url = this.#options.target + path;
    this.#curl = toCurl(method, url, headers, body, this.#options.apiKey);
    const response = await fetch(url, {
      method,
      headers: { 'accept-encoding': 'identity', ...headers },
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    this.#received = `${response.status} ${response.headers.get('content-type') ?? ''}`;
    return this.coverage.observe({ method, target: path, headers, body }, response);
  }

  judge(operation: Operation, { status, mediaType, text, value, problems }: Probe, expected: number[]): void {
    if (!expected.includes(status)) {
      const excerpt = text.trim() === '' ? '' : `: ${text.replaceAll(/\s+/g, ' ').slice(0, 120)}`;
      throw new Breach(`answered ${status}, not ${expected.join(' or ')}${excerpt}`);
    }
    if (problems.length > 0) throw new Breach(...problems);
    const response = operation.responses.find((one) => one.status === status);
    if (!response) throw new Breach(`answered ${status}, which the document does not have for ${operation.id}`);
    if (response.content.length === 0) {
      if (text !== '') throw new Breach(`answered ${status} with a body`);
      return;
    }
    const content = response.content.find((one) => one.mediaType === mediaType);
    if (!content) {
      const names = response.content.map((one) => one.mediaType).join(' or ');
      throw new Breach(`answered ${status} with ${mediaType || 'no media type'}, not ${names}`);
    }
    if (value === undefined) throw new Breach(`the body says that it is JSON, and is not: ${text.slice(0, 80)}`);
    if (status < 300) this.succeeded.add(operation.id);
    // Every error of v4 says in `detail` what is wrong; the schema only says what it may look like.
    const detail = (isRecord(value) ? value['detail'] : null) ?? '';
    if (status >= 400 && (detail === '' || (Array.isArray(detail) && detail.length === 0)))
      throw new Breach(`answered ${status} without a detail: ${text.slice(0, 120)}`);
    const faults = content.schema && !content.itemSchema ? this.schemas.check(content.schema, value) : [];
    if (operation.method === 'GET' && status < 300) faults.push(...findTwice(value));
    if (status < 300) faults.push(...this.#findMoved(operation.id, value));
    if (faults.length > 0) throw new Breach(...faults.slice(0, 10).map((fault) => `the body: ${fault}`));
  }

  /** A thing was made once: an operation that tells the time again tells the same. */
  #findMoved(operationId: string, value: unknown): string[] {
    const rows = isRecord(value) && 'id' in value ? [value] : recordsOf(value);
    return rows.flatMap(({ id, created_at: time }) => {
      if (typeof id !== 'string' || typeof time !== 'string') return [];
      const key = `${operationId} ${id}`;
      const before = this.#births.get(key) ?? time;
      this.#births.set(key, time);
      return before === time ? [] : [`created_at of ${id} was ${before}, and is ${time} now`];
    });
  }
}

/** The objects of a list or of a page. */
export function recordsOf(value: unknown): Record<string, unknown>[] {
  const list = isRecord(value) ? value['records'] : value;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** A list has each object once. */
function findTwice(value: unknown): string[] {
  const listed = recordsOf(value).flatMap((row) => ('id' in row ? [row['id']] : []));
  const twice = listed.filter((id, index) => listed.indexOf(id) !== index);
  return twice.length > 0 ? [`${String(twice[0])} is listed twice`] : [];
}

/** In small letters, without parameters; empty for none. */
export function mediaTypeOf(response: Response): string {
  return (response.headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}

/** What HTTP and JSON forbid in an answer, whatever the document says. */
export function findHttpProblems({ status, headers }: Response, bytes: ArrayBuffer): string[] {
  const problems: string[] = [];
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') problems.push(`answered with Content-Encoding: ${encoding}, which was not accepted`);
  // RFC 8259, section 8.1; the same holds for event streams.
  const charset = /;\s*charset="?([^";\s]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) problems.push(`the body is said to be ${charset}, not UTF-8`);
  // RFC 9110, section 8.6: none, as there is no content. Zero harms nobody.
  const length = headers.get('content-length') ?? '0';
  if (status === 204 && length !== '0') problems.push(`answered 204 with a body of ${length} bytes`);
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    problems.push('the body is not valid UTF-8');
  }
  return problems;
}

/** The key is a variable of the shell, so that a report can be passed on. */
function toCurl(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string | undefined,
  key: string,
): string {
  // As a word of its own: a short key may be a part of others.
  const wholeKey = new RegExp(String.raw`(?<![\w-])${RegExp.escape(key)}(?![\w-])`, 'u');
  const quote = (text: string): string => {
    const parts = text
      .split(wholeKey)
      .map((part) => (part === '' ? '' : `'${part.replaceAll("'", String.raw`'\''`)}'`));
    return parts.join('"$HUMANLOOP_API_KEY"') || "''";
  };
  const lines = Object.entries(headers).map(
    ([name, value]) => `-H ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`,
  );
  return ['curl', '-X', method, quote(url), ...lines, ...(body === undefined ? [] : ['-d', quote(body)])].join(' ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The judge says so, where the answer is judged.
    return undefined;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function describeError(error: unknown, timeoutMs: number): string {
  if (isTimeout(error)) return `no answer within ${timeoutMs} ms`;
  if (error instanceof Skip) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `the connection broke before the answer had ended: ${messageOf(error)}${cause}`;
}
