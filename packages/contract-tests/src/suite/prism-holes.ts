import type { Operation } from '../document/operations.ts';
import { streamOf } from '../document/operations.ts';
import { sendRaw, validRequest } from './request.ts';

/** Something that Prism does not do and our mock does. */
export interface Hole {
  name: string;
  /** Why cases of this kind run against the mock alone. */
  reason: string;
  /** Whether the server at a base URL has the hole. */
  isThere(baseUrl: string, operations: Operation[]): Promise<boolean>;
}

/**
 * What Prism 5.16 is known not to check. The cases of these kinds run against the mock alone; a test fails as soon as a
 * hole is gone, so that the list gets shorter again.
 */
export const prismHoles: Hole[] = [
  {
    name: 'unknown query names',
    reason: 'Prism reads the parameters that it knows and passes over all others.',
    async isThere(baseUrl, operations) {
      const operation = withoutBody(operations);
      const request = validRequest(operation);
      const response = await sendRaw(baseUrl, operation, {
        ...request,
        query: [...request.query, ['unknown_name', '1']],
      });
      return response.ok;
    },
  },
  {
    name: 'empty query values',
    reason: 'Prism takes an empty value for a missing one, so that no type is checked.',
    async isThere(baseUrl, operations) {
      const operation = operations.find(({ parameters }) => parameters.some(({ name }) => name === 'page'));
      if (!operation) return false;
      const request = validRequest(operation);
      const response = await sendRaw(baseUrl, operation, { ...request, query: [...request.query, ['page', '']] });
      return response.ok;
    },
  },
  {
    name: 'base path',
    reason: 'Prism serves the paths of the document at the root, whatever the path of its server.',
    async isThere(baseUrl, operations) {
      const operation = withoutBody(operations);
      const response = await sendRaw(`${new URL(baseUrl).origin}/v4`, operation, validRequest(operation));
      return response.status === 404;
    },
  },
  {
    name: 'stream in the body',
    reason: 'Prism chooses the media type by Accept alone, so a client that forgets `stream: true` gets a stream.',
    async isThere(baseUrl, operations) {
      const operation = operations.find((one) => streamOf(one)) as Operation;
      const request = validRequest(operation);
      const headers = { ...request.headers, accept: 'text/event-stream' };
      const response = await sendRaw(baseUrl, operation, { ...request, headers });
      await response.body?.cancel();
      return response.headers.get('content-type') === 'text/event-stream';
    },
  },
  {
    name: 'one example for all',
    reason: 'Prism sends the first example of a stream, however many samples the request asks for.',
    async isThere(baseUrl, operations) {
      const operation = operations.find((one) => streamOf(one)) as Operation;
      const body = operation.body?.content[0]?.examples[0]?.value as object;
      const request = validRequest(operation, { ...body, stream: true, num_samples: 2 });
      const headers = { ...request.headers, accept: 'text/event-stream' };
      const text = await (await sendRaw(baseUrl, operation, { ...request, headers })).text();
      return !text.includes('"index":1');
    },
  },
  {
    name: 'a body that is not JSON',
    reason: 'Prism never answers it.',
    async isThere(baseUrl, operations) {
      const operation = operations.find((one) => one.body) as Operation;
      const request = { ...validRequest(operation), body: '{"a":' };
      return sendRaw(baseUrl, operation, request, { signal: AbortSignal.timeout(2_000) }).then(
        () => false,
        (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError',
      );
    },
  },
];

function withoutBody(operations: Operation[]): Operation {
  const operation = operations.find((one) => !one.body && one.method === 'GET');
  if (!operation) throw new Error('The document has no GET.');
  return operation;
}
