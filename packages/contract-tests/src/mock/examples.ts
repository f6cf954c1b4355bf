import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../document/document.ts';
import type { Content, Operation } from '../document/operations.ts';
import { splitEvents } from './event-blocks.ts';

/** The text of a stream, and the example that it is made from. */
export interface StreamAnswer {
  example: string;
  events: string[];
}

/** The name that the request's body has among the operation's request examples. */
export function nameOfRequest(operation: Operation, body: unknown): string | undefined {
  const examples = operation.body?.content.flatMap((content) => content.examples) ?? [];
  return examples.find(({ value }) => isDeepStrictEqual(value, body))?.name;
}

/**
 * The example to answer with: the one asked for, else the one named like the request, else, for a list, the first that is
 * one; undefined: the first.
 */
export function chooseExample(
  { examples }: Content,
  asked: string | undefined,
  request: string | undefined,
  body: unknown,
): string | undefined {
  const fitting =
    examples.find(({ name }) => name === request) ??
    (Array.isArray(body) ? examples.find(({ value }) => Array.isArray(value)) : undefined);
  return asked ?? fitting?.name;
}

/**
 * Chooses the stream to answer with: the one asked for, the one named like the request, or the first that finishes as
 * many samples as the request wants. For a number that no example has, one is made from the first example.
 *
 * @returns null when the example asked for does not exist.
 */
export function chooseStream(
  { examples }: Content,
  asked: string | undefined,
  request: string | undefined,
  numSamples: number,
): StreamAnswer | null {
  const streams = examples.map(({ name, value }) => ({ example: name, events: splitEvents(String(value)) }));
  if (asked !== undefined) return streams.find(({ example }) => example === asked) ?? null;
  const fitting =
    streams.find(({ example }) => example === request) ??
    streams.find(({ events }) => countFinished(events) === Math.max(1, numSamples));
  if (fitting) return fitting;
  const first = streams[0];
  return first ? { ...first, events: first.events.flatMap((event) => repeatForSamples(event, numSamples)) } : null;
}

/** The answer to a request that is no example of the document, with as many samples as it asks for. */
export function withSamples(envelope: unknown, numSamples: number): unknown {
  if (!isRecord(envelope)) return envelope;
  const samples = samplesOf(envelope);
  const [first] = samples;
  if (!first || samples.length === numSamples) return envelope;
  const data = Array.from({ length: numSamples }, (_, index) => samples[index] ?? numberSample(first, index));
  return { ...envelope, num_samples: numSamples, data };
}

/** How many samples of a stream have had their non-null finish reason. */
function countFinished(events: string[]): number {
  const finished = events
    .flatMap((event) => samplesOf(parseData(event)))
    .filter((sample) => (sample['finish_reason'] ?? null) !== null)
    .map((sample) => sample['index']);
  return new Set(finished).size;
}

/** The event of a stream of one sample, once for each of several samples. */
function repeatForSamples(event: string, numSamples: number): string[] {
  const envelope = parseData(event);
  const samples = samplesOf(envelope);
  if (samples.length === 0) return [event];
  return Array.from({ length: numSamples }, (_, index) => {
    const data = samples.map((sample) => numberSample(sample, index));
    return `data: ${JSON.stringify({ ...envelope, num_samples: numSamples, data })}\n\n`;
  });
}

/** Each sample is a log of its own, so each has an id of its own, of the same length. */
function numberSample(sample: Record<string, unknown>, index: number): Record<string, unknown> {
  const id = String(sample['id']);
  const number = index === 0 ? '' : String(index);
  return { ...sample, index, id: id.slice(0, id.length - number.length) + number };
}

function parseData(event: string): Record<string, unknown> {
  const data = event
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : {};
  } catch {
    // Comments have no data, and an example may show an event that is no JSON.
    return {};
  }
}

function samplesOf(envelope: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(envelope['data']) ? envelope['data'].filter(isRecord) : [];
}
