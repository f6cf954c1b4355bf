import { createRequire } from 'node:module';
import type * as PrismHttp from '@stoplight/prism-http';
import type { Document } from '../document/document.ts';
import type { Operation } from '../document/operations.ts';
import { ContractError, messageOf } from '../errors.ts';

/** Prism is CommonJS, and an `import` of it fails on its JSON files. It takes a second to load: only who needs it pays. */
function loadPrism(): typeof PrismHttp {
  return createRequire(import.meta.url)('@stoplight/prism-http') as typeof PrismHttp;
}

export interface PrismRequest {
  operation: Operation;
  /** Without the base path: `/projects/pr_3usCu3dAkgrXTlufrvPs7`. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  /** The parsed JSON; undefined when there is no body. */
  body: unknown;
  /** Which documented answer to give. Prism takes the lowest 2xx, JSON and the first example where nothing is said. */
  prefer: { status?: number; example?: string; mediaTypes?: string[] };
}

export interface PrismAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  /** What is wrong with the request; then the status is 401 or 422. */
  violations: Violation[];
}

export interface Violation {
  path: string[];
  rule: string;
  message: string;
}

/**
 * Prism as a function: it validates a request against the document and picks the documented answer.
 *
 * @throws {ContractError} `bad-document` when Prism cannot read the document.
 */
export async function createPrism(document: Document): Promise<(request: PrismRequest) => Promise<PrismAnswer>> {
  const { createInstance, getHttpOperationsFromSpec } = loadPrism();
  const resources = await readResources(getHttpOperationsFromSpec, document);
  const config = {
    isProxy: false as const,
    validateRequest: true,
    // Prism takes seconds to compile what it would judge its own answers by; the listener does that with `Schemas`.
    validateResponse: false,
    checkSecurity: true,
    errors: false,
    upstreamProxy: undefined,
  };
  const prism = createInstance({ ...config, mock: { dynamic: false } }, { logger: silent });
  // Prism compares a request with all operations that it is given, which takes longer than to judge it.
  const byOperation = Map.groupBy(resources, ({ method, path }) => `${method.toUpperCase()} ${path}`);
  return async (request) => {
    const { prefer, operation } = request;
    const outcome = await prism.request(
      {
        method: operation.method.toLowerCase() as 'get',
        url: { path: request.path, query: toQuery(request.query) },
        headers: request.headers,
        body: request.body,
      },
      byOperation.get(`${operation.method} ${operation.path}`) ?? resources,
      {
        ...config,
        // A fresh object each time: Prism writes the media types of a request into it.
        mock: {
          dynamic: false,
          ...(prefer.status === undefined ? {} : { code: prefer.status }),
          ...(prefer.example === undefined ? {} : { exampleKey: prefer.example }),
          ...(prefer.mediaTypes === undefined ? {} : { mediaTypes: prefer.mediaTypes }),
        },
      },
    )();
    if ('left' in outcome) return refuse(outcome.left);
    const { output, validations } = outcome.right;
    return {
      status: output.statusCode,
      headers: readHeaders(output.headers),
      body: output.body,
      violations: validations.input.filter(isError).map(toViolation),
    };
  };
}

async function readResources(
  getHttpOperationsFromSpec: typeof PrismHttp.getHttpOperationsFromSpec,
  document: Document,
): ReturnType<typeof PrismHttp.getHttpOperationsFromSpec> {
  try {
    // Prism changes what it is given.
    return await getHttpOperationsFromSpec(structuredClone(document) as never);
  } catch (error) {
    throw new ContractError('bad-document', `Prism cannot read the document: ${messageOf(error)}`, { cause: error });
  }
}

/** Prism has no documented answer to give, such as for a media type that the operation does not have. */
function refuse(error: Error & { status?: number; detail?: string }): PrismAnswer {
  return {
    status: error.status ?? 500,
    headers: { 'content-type': 'application/json' },
    body: { detail: error.detail ?? error.message },
    violations: [],
  };
}

/** Names with one value become a string, names with several an array: the form that Prism reads. */
function toQuery(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? String(values[0]) : values];
    }),
  );
}

function readHeaders(headers: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

interface Diagnostic {
  severity: number;
  path?: (string | number)[];
  code?: string | number;
  message: string;
}

/** Severity 0 is an error; the others are remarks, such as that a parameter is deprecated. */
function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 0;
}

function toViolation({ path = [], code, message }: Diagnostic): Violation {
  return { path: path.map(String), rule: String(code ?? 'invalid'), message };
}

const silent = {
  child: () => silent,
  ...Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'success'].map((level) => [level, () => {}]),
  ),
};
