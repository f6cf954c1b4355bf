import { Humanloop } from '@humanloop-v4/client';
import { describe, expect, it } from 'vitest';
import { isRecord, readDocument } from '../src/document/document.ts';
import {
  listOperations,
  streamOf,
  successOf,
  type Operation,
  type Response as Answer,
} from '../src/document/operations.ts';
import { findMethod, flatten, toClientRequest, type ClientRequest } from '../src/suite/client-request.ts';

const operations = listOperations(await readDocument());
const baseUrl = 'http://127.0.0.1:1/base';

interface Sent {
  method: string | undefined;
  path: string;
  query: [string, string][];
  headers: Record<string, string>;
  body: unknown;
}

/** Calls a method with a `fetch` that notes what it is given, and answers as documented. */
async function capture(operation: Operation, request: ClientRequest, asStream: boolean): Promise<Sent[]> {
  const sent: Sent[] = [];
  const answer = successOf(operation);
  const humanloop = new Humanloop({
    baseUrl,
    apiKey: 'secret-key',
    maxRetries: 0,
    fetch: async (url, init) => {
      const { pathname, searchParams } = new URL(url);
      const body = init.body === undefined || init.body === null ? undefined : await new Response(init.body).text();
      sent.push({
        method: init.method,
        path: pathname,
        query: [...searchParams].toSorted(byText),
        headers: Object.fromEntries(new Headers(init.headers)),
        body: body === undefined ? undefined : JSON.parse(body),
      });
      return toResponse(answer, asStream);
    },
  });
  await findMethod(humanloop, operation, asStream)(flatten(request));
  return sent;
}

function toResponse({ status, content }: Answer, asStream: boolean): Response {
  const wanted = content.find(({ itemSchema }) => (itemSchema !== null) === asStream);
  const value = wanted?.examples[0]?.value;
  const text = asStream ? String(value) : JSON.stringify(value);
  return new Response(wanted ? text : null, {
    status,
    headers: wanted ? { 'content-type': wanted.mediaType } : {},
  });
}

/** What the document says the request looks like on the wire. */
function expected(operation: Operation, { path, query, body }: ClientRequest, asStream: boolean): Sent {
  const filled = operation.path.replaceAll(/\{(.+?)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  return {
    method: operation.method,
    path: `/base${filled}`,
    query: Object.entries(query).flatMap(toPairs).toSorted(byText),
    headers: {
      accept: asStream ? 'text/event-stream, application/json' : 'application/json',
      'x-api-key': 'secret-key',
      ...(operation.body ? { 'content-type': 'application/json' } : {}),
    },
    body: asStream ? { ...Object(body), stream: true } : body,
  };
}

/** `style: form`, `explode: true`: arrays repeat the name, objects give a parameter a property. */
function toPairs([name, value]: [string, unknown]): [string, string][] {
  if (isRecord(value)) return Object.entries(value).flatMap(toPairs);
  return [value].flat().map((one) => [name, String(one)]);
}

function byText(a: [string, string], b: [string, string]): number {
  return a.join('=') < b.join('=') ? -1 : 1;
}

describe.each(operations)('the request of $id', (operation) => {
  const examples = operation.body?.content.flatMap((content) => content.examples) ?? [
    { name: 'none', value: undefined },
  ];
  const cases = examples.flatMap(({ name, value }) =>
    (['required', 'all'] as const).map((parameters) => ({
      name,
      value,
      parameters,
      asStream: Object(value).stream === true,
    })),
  );

  it.each(cases)('with the body "$name" and $parameters parameters is what the document says', async (one) => {
    const request = toClientRequest(operation, one.value, one.parameters);
    expect(await capture(operation, request, one.asStream)).toEqual([expected(operation, request, one.asStream)]);
  });

  if (streamOf(operation)) {
    it('says stream: true although the caller does not', async () => {
      const request = toClientRequest(operation, examples[0]?.value, 'required');
      expect(await capture(operation, request, true)).toEqual([expected(operation, request, true)]);
    });
  }

  const variables = operation.parameters.filter((parameter) => parameter.in === 'path');
  it.each(variables)('encodes $name', async ({ name }) => {
    const request = toClientRequest(operation, examples[0]?.value, 'required');
    const odd = { ...request, path: { ...request.path, [name]: 'a/b?c#d e%20é' } };
    expect(await capture(operation, odd, false)).toEqual([expected(operation, odd, false)]);
  });
});
