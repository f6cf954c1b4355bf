import { ReadableStream } from 'node:stream/web';
import type { Document } from '../document/document.ts';
import type { Operation, Parameter, Response as Answer } from '../document/operations.ts';
import type { Pointer } from '../document/pointer.ts';
import type { Schemas } from '../document/schemas.ts';
import { takesQueryName } from '../mock/query.ts';
import { createRouter } from '../mock/router.ts';
import { parseEvents } from './stream-events.ts';
import type { Rule, Walk } from './schema-walk.ts';

/** Which parts of a document's contract were seen, and from which side. */
export interface Coverage {
  /** Operations with at least one documented answer seen, and all there are. */
  operations: Share;
  /** Pairs of operation and status. */
  statuses: Share;
  /** The same with the media type. */
  mediaTypes: Share;
  /** Each operation's parameters, its body and the headers of its key: `Logs_list query page`, `Chats_create body`. */
  parameters: Sides;
  /** `ChatRequest.messages`, where it is written in the document, in requests and in answers. */
  properties: { requests: Sides; answers: Sides };
  /** The keywords of the schemas, by keyword. Each entry of `required`, `enum` and of a list of types counts, too. */
  rules: { requests: Record<string, Sides>; answers: Record<string, Sides> };
}

export interface Share {
  seen: number;
  of: number;
  /** `Chats_create 200 text/event-stream`, in the document's order. */
  unseen: string[];
}

/** What was seen of rules, each of which a value can keep or break. */
export interface Sides {
  of: number;
  /** How many were both kept and broken. */
  both: number;
  onlyKept: string[];
  onlyBroken: string[];
  unseen: string[];
}

/** A request as it was on the wire. */
export interface SeenRequest {
  method: string;
  /** Path and query after the base URL: `/projects?page=1`. */
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface SeenAnswer {
  status: number;
  headers: Headers;
  /** Undefined while it has not been read. */
  body: string | undefined;
}

/** A document, and what it is read with. */
export interface CoverageSources {
  document: Document;
  operations: Operation[];
  schemas: Schemas;
  walk: Walk;
}

const kept = 1;
const broken = 2;

/**
 * Notes exchanges, and says what of the document they have exercised. Only what the server acted on counts: what a
 * request keeps when it was accepted, what it breaks when it was refused for that, and everything in an answer.
 * Answers that the document lacks count for nothing.
 */
export class ContractCoverage {
  readonly #sources: CoverageSources;
  readonly #counted: Operation[];
  readonly #route: ReturnType<typeof createRouter>;
  readonly #answers = new Set<string>();
  readonly #parameters = new Map<string, number>();
  readonly #requestRules = new Map<string, number>();
  readonly #answerRules = new Map<string, number>();
  readonly #known = new Map<Answer, Set<string | undefined>>();

  /** @param counted - the operations that count; others may be called for their sake. */
  constructor(sources: CoverageSources, counted: Operation[] = sources.operations) {
    this.#sources = sources;
    this.#counted = counted;
    this.#route = createRouter(sources.operations);
  }

  /**
   * Notes a request and its answer, the body as it is read: whoever reads the response that is given back reads it while it
   * comes, and may leave it early.
   */
  observe(request: SeenRequest, response: Response): Response {
    const { status, statusText, headers } = response;
    // What the server says to the request is known already; the body may never come.
    this.note(request, { status, headers, body: undefined });
    const { body } = response;
    if (!body) return response;
    const read = async function* (this: ContractCoverage): AsyncGenerator<Uint8Array> {
      let text = '';
      const decoder = new TextDecoder();
      try {
        for await (const chunk of body) {
          text += decoder.decode(chunk, { stream: true });
          yield chunk;
        }
      } finally {
        // Also when the reader leaves: a client does so when all that it asked for has come.
        this.noteAnswer(request, { status, headers, body: text });
      }
    };
    const observed = ReadableStream.from(read.call(this)) as globalThis.ReadableStream<Uint8Array>;
    return new Response(observed, { status, statusText, headers });
  }

  note(request: SeenRequest, answer: SeenAnswer): void {
    const operation = this.#find(request);
    if (operation) this.#noteRequest(operation, request, answer.status);
    this.noteAnswer(request, answer);
  }

  /** Notes an answer alone, where no server has judged the request. */
  noteAnswer(request: Pick<SeenRequest, 'method' | 'target'>, answer: SeenAnswer): void {
    const operation = this.#find(request);
    if (operation) this.#noteAnswer(operation, answer);
  }

  #find({ method, target }: Pick<SeenRequest, 'method' | 'target'>): Operation | undefined {
    const match = this.#route(method, new URL(target, 'http://127.0.0.1').pathname);
    return match.found === 'operation' && this.#counted.includes(match.operation) ? match.operation : undefined;
  }

  #noteAnswer(operation: Operation, { status, headers, body }: SeenAnswer): void {
    const mediaType = (headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
    this.#answers.add(`${operation.id} ${status} ${mediaType || 'no body'}`);
    const response = operation.responses.find((one) => one.status === status);
    if (!response || this.#isKnown(response, body)) return;
    const { schemas, walk } = this.#sources;
    const note = noteIn(this.#answerRules, kept | broken);
    for (const [index, name] of response.headers.entries()) {
      const schema = response.headerSchemas[index];
      const text = headers.get(name);
      if (schema && text !== null) walk.judge(schema, schemas.readText(schema, text), note);
    }
    const content = response.content.find((one) => one.mediaType === mediaType);
    if (!content || body === undefined) return;
    if (content.itemSchema) {
      for (const event of parseEvents(body)) walk.judge(content.itemSchema, event, note);
    } else if (content.schema) {
      const value = mediaType === 'application/json' ? parseJson(body) : body;
      if (value !== undefined) walk.judge(content.schema, value, note);
    }
  }

  /** Whether this very answer was noted before: most requests of a suite are answered with the same example. */
  #isKnown(response: Answer, body: string | undefined): boolean {
    const known = this.#known.get(response) ?? new Set();
    this.#known.set(response, known);
    return known.has(body) || !known.add(body);
  }

  #noteRequest(operation: Operation, { target, headers, body }: SeenRequest, status: number): void {
    const url = new URL(target, 'http://127.0.0.1');
    const isAccepted = status >= 200 && status < 300;
    const isRefused = [400, 415, 422].includes(status);
    const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    for (const name of operation.keyHeaders) {
      if (isAccepted && sent.get(name.toLowerCase())) mark(this.#parameters, `${operation.id} header ${name}`, kept);
      if (status === 401) mark(this.#parameters, `${operation.id} header ${name}`, broken);
    }
    if (!isAccepted && !isRefused) return;
    // A server that refuses a request may do so at the first fault, and not have looked at the rest.
    const note = noteIn(this.#requestRules, isAccepted ? kept | broken : broken);
    const settle = (name: string, isKept: boolean): void => {
      if (isKept ? isAccepted : isRefused) mark(this.#parameters, `${operation.id} ${name}`, isKept ? kept : broken);
    };

    for (const parameter of operation.parameters) {
      const value = this.#read(operation, parameter, url, sent);
      const name = `${parameter.in} ${parameter.name}`;
      if (value !== undefined) settle(name, this.#sources.walk.judge(parameter.schema, value, note));
      else if (parameter.required) settle(name, false);
    }
    if (!operation.body) return;
    const mediaType = (sent.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
    const content = operation.body.content.find((one) => one.mediaType === mediaType);
    const value = body === undefined ? undefined : parseJson(body);
    if (content?.schema && value !== undefined) {
      settle('body', this.#sources.walk.judge(content.schema, value, note));
    } else if (operation.body.required) {
      settle('body', false);
    }
  }

  /** What was sent for a parameter, as the type that its schema wants where that can be; undefined for nothing. */
  #read(operation: Operation, parameter: Parameter, url: URL, headers: Map<string, string>): unknown {
    const { document, schemas } = this.#sources;
    const { schema, name } = parameter;
    if (parameter.in === 'path') {
      const at = operation.path.split('/').indexOf(`{${name}}`);
      return schemas.readText(schema, decodeURIComponent(url.pathname.split('/')[at] ?? ''));
    }
    if (parameter.in === 'header') {
      const text = headers.get(name.toLowerCase());
      return text === undefined ? undefined : schemas.readText(schema, text);
    }
    if (parameter.in !== 'query') return undefined;
    // The properties of an exploded object are sent under their own names.
    if (takesQueryName(document, parameter, name)) {
      const texts = url.searchParams.getAll(name);
      return texts.length === 0 ? undefined : schemas.readText(schema, texts.length === 1 ? texts[0] : texts);
    }
    const own = [...url.searchParams].filter(([other]) => takesQueryName(document, parameter, other));
    const others = operation.parameters.filter((one) => one !== parameter);
    const stray = [...url.searchParams].filter(
      ([other]) => !others.some((one) => takesQueryName(document, one, other)),
    );
    const all = [...own, ...stray];
    return all.length === 0 ? undefined : schemas.readText(schema, Object.fromEntries(all));
  }

  get result(): Coverage {
    const { walk } = this.#sources;
    const operations = this.#counted;
    const requests = walk.listRules(operations.flatMap(requestSchemas));
    const answers = walk.listRules(operations.flatMap(({ responses }) => responses.flatMap(answerSchemas)));
    const isProperty = ({ keyword }: Rule): boolean => keyword === 'property';
    return {
      ...this.#shares(),
      parameters: toSides(operations.flatMap(parameterNames), this.#parameters),
      properties: {
        requests: toSides(
          requests.filter(isProperty).map(({ name }) => name),
          this.#requestRules,
        ),
        answers: toSides(
          answers.filter(isProperty).map(({ name }) => name),
          this.#answerRules,
        ),
      },
      rules: {
        requests: byKeyword(requests, this.#requestRules),
        answers: byKeyword(answers, this.#answerRules),
      },
    };
  }

  #shares(): Pick<Coverage, 'operations' | 'statuses' | 'mediaTypes'> {
    const answers = this.#counted.flatMap(({ id, responses }) =>
      responses.flatMap(({ status, content }) =>
        (content.length === 0 ? ['no body'] : content.map(({ mediaType }) => mediaType)).map((type) => ({
          id,
          status: `${id} ${status}`,
          mediaType: `${id} ${status} ${type}`,
        })),
      ),
    );
    const share = (name: 'id' | 'status' | 'mediaType'): Share => {
      const seen = new Set(answers.filter((one) => this.#answers.has(one.mediaType)).map((one) => one[name]));
      const all = [...new Set(answers.map((one) => one[name]))];
      return { seen: seen.size, of: all.length, unseen: all.filter((one) => !seen.has(one)) };
    };
    return { operations: share('id'), statuses: share('status'), mediaTypes: share('mediaType') };
  }
}

function noteIn(map: Map<string, number>, mask: number): (rule: Rule, isKept: boolean) => void {
  return (rule, isKept) => {
    const bit = (isKept ? kept : broken) & mask;
    if (bit !== 0) mark(map, rule.name, bit);
  };
}

function mark(map: Map<string, number>, name: string, bit: number): void {
  map.set(name, (map.get(name) ?? 0) | bit);
}

function parameterNames({ id, keyHeaders, parameters, body }: Operation): string[] {
  return [
    ...keyHeaders.map((name) => `${id} header ${name}`),
    ...parameters.map((one) => `${id} ${one.in} ${one.name}`),
    ...(body ? [`${id} body`] : []),
  ];
}

function requestSchemas({ parameters, body }: Operation): Pointer[] {
  return [...parameters, ...(body?.content ?? [])].flatMap(({ schema }) => (schema ? [schema] : []));
}

function answerSchemas({ headerSchemas, content }: Answer): Pointer[] {
  return [
    ...headerSchemas,
    ...content.flatMap(({ schema, itemSchema }) => {
      const read = itemSchema ?? schema;
      return read ? [read] : [];
    }),
  ];
}

function byKeyword(rules: Rule[], bits: Map<string, number>): Record<string, Sides> {
  const groups = Map.groupBy(
    rules.filter(({ keyword }) => keyword !== 'property'),
    ({ keyword }) => keyword,
  );
  const sorted = [...groups].toSorted(([, a], [, b]) => b.length - a.length);
  return Object.fromEntries(
    sorted.map(([keyword, list]) => [
      keyword,
      toSides(
        list.map(({ name }) => name),
        bits,
      ),
    ]),
  );
}

function toSides(names: string[], bits: Map<string, number>): Sides {
  const of = [...new Set(names)];
  const only = (bit: number): string[] => of.filter((name) => (bits.get(name) ?? 0) === bit);
  return {
    of: of.length,
    both: only(kept | broken).length,
    onlyKept: only(kept),
    onlyBroken: only(broken),
    unseen: only(0),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
