import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  Humanloop,
  InternalServerError,
  NotFoundError,
  RateLimitError,
  ServiceUnavailableError,
  UnprocessableEntityError,
} from '@humanloop-v4/client';
import { afterAll, describe, expect, it } from 'vitest';
import { ContractCoverage } from '../src/suite/coverage.ts';
import { describeAnswers } from '../src/suite/coverage-summary.ts';
import { createWalk } from '../src/suite/schema-walk.ts';
import { isRecord, readDocument } from '../src/document/document.ts';
import { listOperations, successOf } from '../src/document/operations.ts';
import { createSchemas } from '../src/document/schemas.ts';
import { findMethod, flatten, toClientRequest } from '../src/suite/client-request.ts';
import type { StreamEvent } from '../src/suite/stream-events.ts';
import { createSampler } from '../src/suite/sample.ts';
import { listVariations, type Variation } from '../src/suite/variations.ts';
import { keepPart, type CoveragePart } from './coverage-parts.ts';
import { listStreamExamples, readThroughClient, type StreamExample } from './read-stream.ts';

const document = await readDocument();
const schemas = createSchemas(document);
const sample = createSampler(document, schemas);
const operations = listOperations(document);
const classes: Record<number, typeof ApiError> = {
  400: BadRequestError,
  401: AuthenticationError,
  404: NotFoundError,
  422: UnprocessableEntityError,
  429: RateLimitError,
  500: InternalServerError,
  503: ServiceUnavailableError,
};

/**
 * Drives the client through every operation of the document against a server that answers with the document's examples.
 * Nothing here names an operation: one that is added to the document is tested, too.
 *
 * @param part - under which name to keep what was covered; nothing is kept without one.
 */
export function testClient(baseUrl: string, part?: CoveragePart): void {
  const coverage = new ContractCoverage({ document, operations, schemas, walk: createWalk(document) });
  const humanloop = new Humanloop({
    baseUrl,
    apiKey: 'contract-test-key',
    maxRetries: 0,
    fetch: async (url, init) => {
      const { pathname, search } = new URL(url);
      const request = {
        method: init.method ?? 'GET',
        target: pathname.slice(new URL(baseUrl).pathname.replace(/\/$/, '').length) + search,
        headers: Object.fromEntries(new Headers(init.headers)),
        body: init.body ? await new Response(init.body).text() : undefined,
      };
      return coverage.observe(request, await fetch(url, init));
    },
  });
  afterAll(() => {
    if (part) keepPart(part, coverage.result);
  });

  describe.each(operations)('$id', (operation) => {
    const success = successOf(operation);
    const json = success.content.find(({ itemSchema }) => itemSchema === null);
    const bodies = operation.body?.content.flatMap(({ examples }) => examples) ?? [
      { name: 'no body', value: undefined },
    ];
    const isStream = ({ value }: { value: unknown }): boolean =>
      (Object(value) as { stream?: unknown }).stream === true;
    const schema = operation.body?.content[0]?.schema;
    const given = bodies.filter((one) => !isStream(one) && (!schema || schemas.check(schema, one.value).length === 0));
    // verdicts.test.ts names the examples that the document refuses; what is tried here is the client.
    const plain = schema && given.length === 0 ? [{ name: 'made from its schema', value: sample(schema) }] : given;

    it.each(plain)('answers the request "$name" as documented', async ({ value }) => {
      const hasOptional = operation.parameters.some((one) => !one.required);
      for (const parameters of hasOptional ? (['required', 'all'] as const) : (['required'] as const)) {
        const request = flatten(toClientRequest(operation, value, parameters));
        const { data, response } = await findMethod(humanloop, operation)(request).withResponse();
        expect(response.status).toBe(success.status);
        expect(response.headers.get('sl-violations')).toBeNull();
        if (json?.schema) expect(schemas.check(json.schema, data)).toEqual([]);
        else expect(data).toBeUndefined();
      }
    });

    const others = success.content.filter((content) => content !== json && content.itemSchema === null);
    it.each(others)('gives $mediaType as text when asked for it', async ({ mediaType, examples }) => {
      const request = flatten(toClientRequest(operation, plain[0]?.value, 'required'));
      const call = findMethod(humanloop, operation)(request, { headers: { Accept: mediaType } });
      const { data, response } = await call.withResponse();
      expect(response.headers.get('content-type')).toBe(mediaType);
      expect(data).toBe(examples[0]?.value);
    });

    const errors = operation.responses.filter(({ status }) => status >= 400);
    it.each(errors)('throws the class of $status with its detail', async ({ status, content }) => {
      for (const { name, value } of content.flatMap(({ examples }) => examples)) {
        const request = flatten(toClientRequest(operation, plain[0]?.value, 'required'));
        const call = findMethod(humanloop, operation)(request, {
          headers: { Prefer: `code=${status}, example=${name}` },
        });
        const error = await call.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(classes[status] ?? ApiError);
        expect(error).toMatchObject({ status, detail: (value as { detail: unknown }).detail });
        expect((error as ApiError).requestId).toMatch(/^req_/);
        // v4 said nothing of Retry-After; the document adds it where waiting helps.
        const retryAfterMs = operation.responses.find((one) => one.status === status)?.headers.includes('Retry-After')
          ? 2_000
          : undefined;
        expect((error as ApiError).retryAfterMs).toBe(retryAfterMs);
      }
    });

    it('throws AuthenticationError without a key', async () => {
      const request = flatten(toClientRequest(operation, plain[0]?.value, 'required'));
      const call = findMethod(humanloop, operation)(request, { headers: { 'X-API-KEY': '' } });
      await expect(call).rejects.toBeInstanceOf(AuthenticationError);
    });

    if (schema) {
      // Only what the client takes as a request. Deeper places are for verdicts.test.ts: the client does not look there.
      const refused = firstOfEachPlace(
        listVariations(document, schemas, sample, schema, plain[0]?.value).filter(
          ({ at, value }) =>
            !/[.[]/.test(at) && isRecord(value) && !value['stream'] && schemas.check(schema, value).length > 0,
        ),
      );
      it(`is refused with 422 for each of ${refused.length} invalid bodies`, async () => {
        for (const { at, label, value } of refused) {
          const request = flatten(toClientRequest(operation, value, 'required'));
          const error: unknown = await findMethod(humanloop, operation)(request).catch((reason: unknown) => reason);
          expect(error, `${at} ${label}`).toBeInstanceOf(UnprocessableEntityError);
          expect((error as UnprocessableEntityError).issues.length, `${at} ${label}`).toBeGreaterThan(0);
        }
      });
    }

    const required = operation.parameters.filter((one) => one.in === 'query' && one.required);
    if (required.length > 0) {
      it.each(required)('is refused with 422 without $name', async ({ name }) => {
        const request = toClientRequest(operation, plain[0]?.value, 'required');
        const query = Object.fromEntries(Object.entries(request.query).filter(([other]) => other !== name));
        const call = findMethod(humanloop, operation)(flatten({ ...request, query }));
        await expect(call).rejects.toBeInstanceOf(UnprocessableEntityError);
      });
    }

    const streams = listStreamExamples(operation);
    if (streams.length > 0) {
      it.each(bodies.filter(isStream))('streams for the request "$name"', async ({ value }) => {
        const request = flatten(toClientRequest(operation, value, 'required'));
        const { response } = await findMethod(humanloop, operation, true)(request).withResponse();
        expect(response.headers.get('content-type')).toBe('text/event-stream');
        expect(response.headers.get('sl-violations')).toBeNull();
      });

      it.each(streams)('streams the example "$name" event by event', async (example) => {
        const { events, error } = await readThroughClient(humanloop, example);
        expect(events).toEqual(example.pieces);
        for (const event of events) {
          expect(checkItem(example, { data: JSON.stringify(event) })).toEqual([]);
        }
        if (example.error === undefined) expect(error).toBeUndefined();
        else expect(error).toMatchObject({ name: 'StreamError', code: 'error-event', detail: example.error });
      });

      it.each(streams)('describes each event of the example "$name"', (example) => {
        expect(example.events.flatMap((event) => checkItem(example, event))).toEqual([]);
      });
    }
  });

  it('has met every operation, status and media type of the document', () => {
    const { mediaTypes } = coverage.result;
    expect(mediaTypes.unseen, describeAnswers(coverage.result)).toEqual([]);
  });
}

/** One a place, which is a missing or null value; verdicts.test.ts has the others. */
function firstOfEachPlace(variations: Variation[]): Variation[] {
  return [...Map.groupBy(variations, ({ at }) => at).values()].flatMap((ofPlace) => ofPlace.slice(0, 1));
}

function checkItem({ content }: StreamExample, event: StreamEvent): string[] {
  return content.itemSchema ? schemas.check(content.itemSchema, event) : ['no item schema'];
}
