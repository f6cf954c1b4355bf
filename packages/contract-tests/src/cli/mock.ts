import { isRecord, readDocument, type Document } from '../document/document.ts';
import { listOperations, streamOf } from '../document/operations.ts';
import type { Exchange } from '../mock/exchanges.ts';
import { startMock } from '../mock/mock.ts';
import { readNumber, readOptions, untilStopped } from './options.ts';

const options = {
  port: { type: 'string', value: 'PORT', description: 'where to listen; 0 takes a free port', default: '4010' },
  host: { type: 'string', value: 'HOST', description: 'who may call: 127.0.0.1 is this machine', default: '127.0.0.1' },
  'delay-ms': { type: 'string', value: 'MS', description: 'pause between two events of a stream', default: '40' },
  document: { type: 'string', value: 'FILE', description: 'an OpenAPI 3.1 document in JSON, to mock in place of v4' },
  quiet: { type: 'boolean', description: 'print no line for each request' },
} as const;

/** `humanloop-contract mock`: runs the mock until Ctrl-C. */
export async function runMock(args: string[]): Promise<void> {
  const values = readOptions('humanloop-contract mock', options, args);
  if (!values) return;
  const stopped = untilStopped();
  const document = await readDocument(values.document as string | undefined);
  await using mock = await startMock({
    port: readNumber('port', values.port, 65_535),
    host: String(values.host),
    delayMs: readNumber('delay-ms', values['delay-ms'], 60_000),
    document,
    ...(values.quiet ? {} : { onExchange: (exchange) => process.stdout.write(`${describe(exchange)}\n`) }),
  });
  process.stdout.write(`The mock listens on ${mock.baseUrl}. Ctrl-C ends it.\n`);
  const shortest = shortestStream(document);
  if (shortest) {
    const { path, body } = shortest;
    process.stdout.write(
      `Try: curl -N ${mock.baseUrl}${path} -H 'X-API-KEY: any' -H 'Content-Type: application/json' -d '${quote(body)}'\n`,
    );
  }
  await stopped;
}

/** The streaming request with the shortest body among the document's examples: some fill a screen. */
function shortestStream(document: Document): { path: string; body: unknown } | undefined {
  return listOperations(document)
    .filter(streamOf)
    .flatMap(({ path, body }) =>
      (body?.content ?? [])
        .flatMap(({ examples }) => examples)
        .filter(({ value }) => isRecord(value) && value['stream'] === true)
        .map(({ value }) => ({ path, body: value })),
    )
    .toSorted((a, b) => JSON.stringify(a.body).length - JSON.stringify(b.body).length)[0];
}

function describe({ status, method, url, operationId, requestId, events, outcome }: Exchange): string {
  const more = events > 0 ? `, ${events} events` : '';
  return `${status} ${method} ${url} (${operationId ?? 'no operation'}, ${requestId}${more}, ${outcome})`;
}

/** JSON inside single quotes of a shell. */
function quote(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", String.raw`'\''`);
}
