import { createServer } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { Breach, Prober } from '../src/check/prober.ts';
import { ContractCoverage } from '../src/suite/coverage.ts';
import { isRecord, readDocument } from '../src/document/document.ts';
import { closeServer, listen } from '../src/mock/listen.ts';
import type { Operation } from '../src/document/operations.ts';
import { validRequest } from '../src/suite/request.ts';
import { createChooser } from './choose-variations.ts';
import { keepPart } from './coverage-parts.ts';

// The seeded bugs are a person's idea of what goes wrong. Here every rule of every answer is broken once, and kept once, by
// an answer that differs from a valid one in one place; the kit has to find the broken ones and nothing in the others.

const document = await readDocument();
let answer = { status: 200, mediaType: '', text: '' };
const server = createServer((_, response) => {
  response.writeHead(answer.status, { 'content-type': answer.mediaType }).end(answer.text);
});
const { origin } = await listen(server, 0, '127.0.0.1');
const options = { target: origin, apiKey: 'k', only: undefined, timeoutMs: 20_000, onResult: () => {} };
const prober = new Prober({ ...options, document });
const { expectations, coverage } = prober;
const choose = createChooser(document, expectations.schemas, expectations.walk);

afterAll(async () => {
  // The server answers whatever it is asked, so the requests have tried nothing.
  const nothing = new ContractCoverage({ document, ...expectations }).result;
  const { properties, rules } = coverage.result;
  keepPart('broken-answers', {
    ...nothing,
    properties: { ...properties, requests: nothing.properties.requests },
    rules: { ...rules, requests: nothing.rules.requests },
  });
  await closeServer(server);
});

async function isFound(operation: Operation, status: number): Promise<boolean> {
  try {
    await prober.call(operation, validRequest(operation), [status]);
    return false;
  } catch (error) {
    if (error instanceof Breach) return true;
    throw error;
  }
}

describe.each(prober.operations)('of the answers of $id', (operation) => {
  it('those that break a rule are found, and no others', async () => {
    for (const { status, content } of operation.responses) {
      for (const { schema, itemSchema, mediaType } of content) {
        // Broken events are among the seeded bugs.
        if (!schema || itemSchema) continue;
        const isJson = mediaType === 'application/json';
        for (const { name, value, isValid } of choose(schema, (one) => isJson || typeof one === 'string')) {
          answer = { status, mediaType, text: isJson ? JSON.stringify(value) : String(value) };
          const found = await isFound(operation, status);
          // An error has to say something, though its schema does not know that.
          const isSilent = status >= 400 && (!isRecord(value) || (value['detail'] ?? null) === null);
          expect(isValid && isSilent ? false : found, `${status} ${name}`).toBe(!isValid);
        }
      }
    }
  });
});
