import { createParser } from 'eventsource-parser';
import { isRecord } from '../document/document.ts';
import { messageOf } from '../errors.ts';
import type { StreamEvent } from '../suite/stream-events.ts';

export interface LiveStreamOptions {
  /** What is wrong with an event by the document's item schema. */
  check: (event: StreamEvent) => string[];
  numSamples: number;
  /** When the request was sent, by performance.now(). */
  startedAt: number;
  /** Bounds, so that a server that never ends does not keep the check. */
  maxEvents: number;
  maxMs: number;
}

/**
 * Reads an event stream while it runs and says what is wrong with it: a faulty event, a sample that is not announced,
 * changes its id, goes on after its end or never ends, a first event that waits for the last.
 */
export async function judgeLiveStream(response: Response, options: LiveStreamOptions): Promise<string[]> {
  const start = options.startedAt;
  const problems: string[] = [];
  const ids = new Map<number, string>();
  const finished = new Set<number>();
  let events = 0;
  let firstMs: number | undefined;
  let lastMs = 0;
  let isDone = false;

  const take = (event: StreamEvent): void => {
    if (event.data === '[DONE]') {
      isDone = true;
      return;
    }
    lastMs = performance.now() - start;
    firstMs ??= lastMs;
    events += 1;
    if (isDone) problems.push(`event ${events} comes after [DONE]`);
    problems.push(...options.check(event).map((fault) => `event ${events}: ${fault}`));
    if (event.event === 'error') problems.push(`event ${events} is an error: ${event.data.slice(0, 200)}`);
    else for (const entry of entriesOf(event.data)) takeEntry(entry);
  };

  const takeEntry = (entry: Record<string, unknown>): void => {
    const index = Number(entry['index']);
    const id = String(entry['id']);
    if (!(index >= 0 && index < options.numSamples)) {
      problems.push(`event ${events} is of sample ${index}, but ${options.numSamples} were asked for`);
    }
    if (finished.has(index)) problems.push(`event ${events} is of sample ${index}, which was finished`);
    const known = ids.get(index);
    if (known !== undefined && known !== id) problems.push(`event ${events} changes the id of sample ${index}`);
    if (known === undefined && [...ids.values()].includes(id)) problems.push(`two samples have the id ${id}`);
    ids.set(index, id);
    if (typeof entry['finish_reason'] === 'string') finished.add(index);
  };

  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = createParser({
    onEvent: ({ event, data }) => take(event === undefined ? { data } : { event, data }),
    onError: (error) => problems.push(`a line is no line of an event stream: ${error.message}`),
  });
  try {
    for await (const chunk of response.body ?? []) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (events > options.maxEvents) return [...problems, `more than ${options.maxEvents} events`];
      if (performance.now() - start > options.maxMs) return [...problems, `not finished after ${options.maxMs} ms`];
    }
  } catch (error) {
    problems.push(`the stream broke off after ${events} events: ${messageOf(error)}`);
  }
  if (events === 0) problems.push('the stream has no events');
  for (let index = 0; index < options.numSamples; index += 1) {
    if (!finished.has(index)) problems.push(`sample ${index} has no finish reason`);
  }
  // A server that is this quick may well send all at once.
  const isSlow = lastMs > 150;
  if (isSlow && events > 2 && firstMs !== undefined && lastMs - firstMs < lastMs * 0.02) {
    problems.push(`all ${events} events came at once, after ${Math.round(lastMs)} ms: the server does not stream`);
  }
  return problems;
}

function entriesOf(data: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) && Array.isArray(value['data']) ? value['data'].filter(isRecord) : [];
  } catch {
    // The item schema has said that it is no JSON.
    return [];
  }
}
