import type { Document } from '../document/document.ts';
import type { Operation } from '../document/operations.ts';
import type { Schemas } from '../document/schemas.ts';
import { messageOf } from '../errors.ts';
import { AnswerCoverage } from '../suite/coverage.ts';
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
  /** The answers that were judged, also those that were found faulty. */
  readonly coverage: AnswerCoverage;
  readonly #options: ProberOptions;
  #curl: string | null = null;
  #received: string | null = null;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.expectations = expectationsOf(options.document);
    this.coverage = new AnswerCoverage(this.operations.filter(({ id }) => this.wants(id)));
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
    return operation;
  }

  /** Runs one check and keeps its result; gives what it returns, or undefined when it did not pass. */
  async attempt<T>(operationId: string | null, title: string, check: () => Promise<T>): Promise<T | undefined> {
    const start = performance.now();
    this.#curl = null;
    this.#received = null;
    let outcome: CheckResult['outcome'] = 'passed';
    let problems: string[] = [];
    let value: T | undefined;
    try {
      value = await check();
    } catch (error) {
      outcome = error instanceof Skip ? 'skipped' : 'failed';
      problems = error instanceof Breach ? error.problems : [describeError(error)];
    }
    this.add({ operationId, title, outcome, problems, durationMs: Math.round(performance.now() - start) });
    return outcome === 'passed' ? value : undefined;
  }

  add(result: Omit<CheckResult, 'curl' | 'received'>): void {
    const whole = { ...result, curl: this.#curl, received: this.#received };
    this.results.push(whole);
    this.#options.onResult(whole);
  }

  /** Sends a request with the key, and judges the answer. @param expected - the statuses that are right here. */
  async call(operation: Operation, request: RequestParts, expected: number[]): Promise<Probe> {
    const probe = await this.send(operation.method, toTarget(operation, request), this.withKey(request));
    this.judge(operation, probe, expected);
    return probe;
  }

  withKey({ headers, body }: Pick<RequestParts, 'headers' | 'body'>): Pick<RequestParts, 'headers' | 'body'> {
    return { headers: { ...headers, 'X-API-KEY': this.#options.apiKey }, body };
  }

  /** Sends a request, and reads the whole answer. */
  async send(method: string, path: string, parts: Pick<RequestParts, 'headers' | 'body'>): Promise<Probe> {
    const response = await this.open(method, path, parts);
    const text = await response.text();
    const mediaType = (response.headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
    this.#received = `${response.status} ${mediaType}\n${text.slice(0, 2_000)}`;
    const value = mediaType === 'application/json' ? parseJson(text) : text;
    return { status: response.status, mediaType, text, value };
  }

  /** Sends a request, and leaves the body to be read. */
  async open(
    method: string,
    path: string,
    { headers, body }: Pick<RequestParts, 'headers' | 'body'>,
    signal: AbortSignal = AbortSignal.timeout(this.#options.timeoutMs),
  ): Promise<Response> {
    const url = this.#options.target + path;
    this.#curl = toCurl(method, url, headers, body);
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    this.#received = `${response.status} ${response.headers.get('content-type') ?? ''}`;
    return response;
  }

  judge(operation: Operation, { status, mediaType, text, value }: Probe, expected: number[]): void {
    this.coverage.note(operation.id, status, mediaType);
    if (!expected.includes(status)) throw new Breach(`answered ${status}, not ${expected.join(' or ')}`);
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
    const faults = content.schema && !content.itemSchema ? this.schemas.check(content.schema, value) : [];
    if (faults.length > 0) throw new Breach(...faults.slice(0, 10).map((fault) => `the body: ${fault}`));
  }
}

/** The key is a variable of the shell, so that a report can be passed on. */
function toCurl(method: string, url: string, headers: Record<string, string>, body: string | undefined): string {
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const lines = Object.entries(headers).map(([name, value]) =>
    name.toLowerCase() === 'x-api-key' && value !== ''
      ? `-H "X-API-KEY: $HUMANLOOP_API_KEY"`
      : `-H ${quote(`${name}: ${value}`)}`,
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

function describeError(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no answer in time';
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return messageOf(error) + cause;
}
