import { createHash } from 'node:crypto';
import { isRecord, type Document } from '../document/document.ts';
import { streamOf, type Operation } from '../document/operations.ts';
import { parseEvents } from './stream-events.ts';

/**
 * What the document says that no value can be judged by, such as defaults, and references: a branch of an open enum
 * accepts nothing that its neighbour does not, but types are made of it.
 */
const factNames = new Set([
  '$ref',
  'allowReserved',
  'contentMediaType',
  'default',
  'deprecated',
  'discriminator',
  'example',
  'explode',
  'in',
  'name',
  'operationId',
  'readOnly',
  'security',
  'style',
  'tags',
  'url',
  'writeOnly',
]);

/** Their values are data or names, not parts of the document. */
const opaqueNames = new Set(['example', 'examples', 'default', 'enum', 'const', 'discriminator', 'security']);

/** Objects whose keys are names of somebody's choosing. */
const mapNames = new Set([
  'properties',
  'patternProperties',
  'schemas',
  'headers',
  'responses',
  'paths',
  'content',
  'variables',
]);

/** Writes the facts of a document, one line each; and the names of its response headers. */
export function writeFacts(document: Document): string {
  const lines: string[] = [];
  const visit = (value: unknown, at: string, isMap: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, part] of Object.entries(value)) {
      const place = at === '' ? name : `${at} ${name}`;
      // In a schema `required` is a list, and the verdicts show what it does.
      if (!isMap && (factNames.has(name) || (name === 'required' && typeof part === 'boolean')))
        lines.push(`${at}  ${name}: ${JSON.stringify(part)}\n`);
      if (!isMap && name === 'headers' && isRecord(part))
        lines.push(`${at}  headers: ${Object.keys(part).join(', ')}\n`);
      if (isMap || !opaqueNames.has(name)) visit(part, place, !isMap && mapNames.has(name));
    }
  };
  visit(
    { servers: document.servers, security: document.security, paths: document.paths, components: document.components },
    '',
    false,
  );
  return lines.join('');
}

/** Writes what each stream example shows: events, samples and how they end, line ends, comments, errors, characters. */
export function writeStreamFacts(operations: Operation[]): string {
  return operations
    .flatMap((operation) =>
      (streamOf(operation)?.examples ?? []).map(
        ({ name, value }) => `${operation.id} ${name}  ${describe(String(value))}\n`,
      ),
    )
    .join('');
}

function describe(text: string): string {
  const events = parseEvents(text);
  const entries = events.flatMap(({ data }) => {
    const value: unknown = parse(data);
    return isRecord(value) && Array.isArray(value['data']) ? value['data'].filter(isRecord) : [];
  });
  const ends = entries
    .filter((entry) => (entry['finish_reason'] ?? null) !== null)
    .map((entry) => `${String(entry['index'])}:${String(entry['finish_reason'])}`);
  const distinct = (name: string): number => new Set(entries.map((entry) => entry[name])).size;
  const texts = entries.map((entry) => `${String(entry['index'])}:${String(entry['output'])}`).join('\n');
  // By code points: what matters is over how many chunks one may be divided.
  const widest = Math.max(...Array.from(text, (character) => Buffer.byteLength(character)));
  return [
    `${events.length} events`,
    `names ${[...new Set(events.map(({ event }) => event ?? 'none'))].join('+')}`,
    `ends ${ends.join('+') || 'none'}`,
    `${distinct('id')} ids`,
    `${distinct('model_config_id')} configs`,
    `${entries.filter((entry) => Array.isArray(entry['tool_calls'])).length} with tool calls`,
    text.includes('\r\n') ? 'CRLF' : 'LF',
    `${text.match(/^:/gm)?.length ?? 0} comments`,
    `characters of up to ${widest} bytes`,
    // What the samples say, in its order.
    `text ${createHash('sha256').update(texts).digest('hex').slice(0, 8)}`,
  ].join(', ');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
