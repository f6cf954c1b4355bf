import { isRecord, type Document } from '../document/document.ts';
import { listOperations, streamOf, successOf, type Content, type Operation } from '../document/operations.ts';
import { createSchemas } from '../document/schemas.ts';
import { accepts } from './accept.ts';
import { chooseExample, chooseStream, nameOfRequest, withSamples } from './examples.ts';
import { createPrism, type Violation } from './prism.ts';
import { findQueryFaults } from './query.ts';
import { parsePrefer } from './prefer.ts';
import { createRouter } from './router.ts';

export interface MockRequest {
  method: string;
  /** Without the base path: `/chat`. */
  path: string;
  query: URLSearchParams;
  /** Names in small letters. */
  headers: Record<string, string>;
  bytes: Uint8Array;
}

export interface MockAnswer {
  operationId: string | null;
  requestBody: unknown;
  status: number;
  headers: Record<string, string>;
  /** The events of a stream, the one text of another body, or nothing. */
  blocks: string[];
  isStream: boolean;
  example: string | null;
}

/** One entry of a validation error (FastAPI's shape). */
interface Fault {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/**
 * The mock without its sockets: request in, answer out. Prism validates and picks; what Prism leaves open is settled
 * here: bodies that are not JSON, unknown and empty query parameters, unknown methods, and `stream` against `Accept`.
 */
export async function createResponder(document: Document): Promise<(request: MockRequest) => Promise<MockAnswer>> {
  const route = createRouter(listOperations(document));
  const schemas = createSchemas(document);
  const prism = await createPrism(document);

  return async (request) => {
    const { method, path, query, headers } = request;
    const match = route(method, path);
    if (match.found === 'nothing') return refuse(null, 404, `The document has no path ${path || '/'}.`);
    if (match.found === 'path') {
      const answer = refuse(null, 405, `${path} has no ${method}, but ${match.methods.join(', ')}.`);
      return { ...answer, headers: { ...answer.headers, allow: match.methods.join(', ') } };
    }
    const { operation } = match;
    const body = readBody(request);
    const requestBody = 'value' in body ? body.value : undefined;
    const asStream = isRecord(requestBody) && requestBody['stream'] === true && streamOf(operation) !== undefined;
    const prefer = parsePrefer(headers['prefer']);
    const response = operation.responses.find(({ status }) => status === prefer.status) ?? successOf(operation);
    const isSuccess = response === successOf(operation);
    const wanted = wantedContent(response.content, isSuccess && streamOf(operation) ? asStream : undefined, headers);

    const problem = findPreferProblem(operation, prefer, wanted);
    if (problem) return { ...refuse(operation, 400, problem), requestBody };

    const requestName = nameOfRequest(operation, requestBody);
    const example = wanted && chooseExample(wanted, prefer.example, requestName, requestBody);
    const answer = await prism({
      operation,
      path,
      query,
      // Prism looks at the type of a body only when it knows that the body is not empty.
      headers: { ...headers, 'content-length': String(request.bytes.length) },
      body: requestBody,
      prefer: {
        ...(prefer.status === undefined ? {} : { status: prefer.status }),
        ...(example === undefined ? {} : { example }),
        mediaTypes: wanted ? [wanted.mediaType] : (headers['accept'] ?? '*/*').split(','),
      },
    });
    const known = { operationId: operation.id, requestBody, example: null, isStream: false };

    if (answer.status === 401 && answer.violations.length > 0) {
      return { ...known, ...json(401, answer.body) };
    }
    if ('problem' in body) return { ...refuse(operation, 400, body.problem), requestBody };
    const faults = [...answer.violations.map(toFault), ...findQueryFaults(document, operation, query, schemas)];
    if (faults.length > 0) return { ...known, ...json(422, { detail: faults }) };
    if (answer.status >= 400 && answer.status !== prefer.status) {
      return { ...known, ...json(answer.status, answer.body) };
    }
    if (isSuccess && wanted && streamOf(operation) && !accepts(headers['accept'], wanted.mediaType)) {
      return { ...refuse(operation, 406, disagreement(asStream, wanted, String(headers['accept']))), requestBody };
    }

    if (wanted?.itemSchema) {
      const stream = chooseStream(wanted, prefer.example, requestName, countSamples(requestBody));
      return {
        ...known,
        status: answer.status,
        headers: { ...answer.headers, 'content-type': wanted.mediaType, 'cache-control': 'no-cache' },
        blocks: stream?.events ?? [],
        isStream: true,
        example: stream?.example ?? null,
      };
    }
    if (!wanted) return { ...known, status: answer.status, headers: withoutType(answer.headers), blocks: [] };
    const isGenerated =
      isSuccess && streamOf(operation) !== undefined && isRecord(requestBody) && example === undefined;
    const value = isGenerated ? withSamples(answer.body, countSamples(requestBody)) : answer.body;
    const violations = wanted.schema ? schemas.check(wanted.schema, value) : [];
    return {
      ...known,
      status: answer.status,
      headers: {
        ...answer.headers,
        'content-type': wanted.mediaType,
        // The header by which Prism says that the document's example breaks its schema.
        ...(violations.length > 0 ? { 'sl-violations': JSON.stringify(violations) } : {}),
      },
      blocks: [isJson(wanted.mediaType) ? JSON.stringify(value) : String(value)],
      example: example ?? wanted.examples[0]?.name ?? null,
    };
  };
}

/** A million samples would be valid, too, but a mock has nothing to say that often. */
function countSamples(body: unknown): number {
  const asked = isRecord(body) ? Number(body['num_samples'] ?? 1) : 1;
  return Math.min(Math.max(1, asked), 1_000);
}

/** The content to answer with. `stream` in the body decides where it can, `Accept` where there is a choice otherwise. */
function wantedContent(
  content: Content[],
  asStream: boolean | undefined,
  headers: Record<string, string>,
): Content | undefined {
  if (asStream !== undefined) return content.find(({ itemSchema }) => (itemSchema !== null) === asStream);
  return content.find(({ mediaType }) => accepts(headers['accept'], mediaType)) ?? content[0];
}

function findPreferProblem(
  operation: Operation,
  { status, example }: { status?: number; example?: string },
  wanted: Content | undefined,
): string | undefined {
  const statuses = operation.responses.map((response) => response.status);
  if (status !== undefined && !statuses.includes(status)) {
    return `Prefer asks for the status ${status}, but ${operation.id} documents ${statuses.join(', ')}.`;
  }
  const names = wanted?.examples.map(({ name }) => name) ?? [];
  if (example !== undefined && !names.includes(example)) {
    return `Prefer asks for the example "${example}", but this answer of ${operation.id} has ${names.join(', ') || 'none'}.`;
  }
  return undefined;
}

function disagreement(asStream: boolean, wanted: Content, accept: string): string {
  return (
    `The body ${asStream ? 'says "stream": true' : 'does not say "stream": true'}, so the answer is ` +
    `${wanted.mediaType}; the header "Accept: ${accept}" does not allow that.`
  );
}

function readBody({ headers, bytes }: MockRequest): { value: unknown } | { problem: string } {
  if (bytes.length === 0) return { value: undefined };
  const type = headers['content-type'] ?? 'application/json';
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) return { problem: `The body's charset is ${charset}; send UTF-8.` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: 'The body is not valid UTF-8.' };
  }
  if (!isJson(type)) return { value: text };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

function isJson(mediaType: string): boolean {
  return /^application\/(?:[^;]+\+)?json\s*(?:;|$)/i.test(mediaType);
}

function toFault({ path, rule, message }: Violation): Fault {
  const loc = path.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
  // Prism names the object that lacks a property; the API names the property.
  const missing = rule === 'required' ? /required property '(.+)'$/.exec(message)?.[1] : undefined;
  return {
    loc: rule === '415' ? ['header', 'content-type'] : [...loc, ...(missing === undefined ? [] : [missing])],
    msg: message,
    type: `value_error.${rule}`,
  };
}

function json(status: number, body: unknown): Pick<MockAnswer, 'status' | 'headers' | 'blocks'> {
  return { status, headers: { 'content-type': 'application/json' }, blocks: [JSON.stringify(body)] };
}

function refuse(operation: Operation | null, status: number, detail: string): MockAnswer {
  return {
    operationId: operation?.id ?? null,
    requestBody: undefined,
    ...json(status, { detail }),
    isStream: false,
    example: null,
  };
}

function withoutType(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type'));
}
