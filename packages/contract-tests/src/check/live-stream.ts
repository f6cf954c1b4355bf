import { createParser } from 'eventsource-parser';
import { isRecord } from '../document/document.ts';
import { messageOf } from '../errors.ts';
import type { StreamEvent } from '../suite/stream-events.ts';
import { hasData, splitEvents } from '../mock/event-blocks.ts';
import { findHttpProblems } from './prober.ts';

export interface LiveStreamOptions {
  /** What is wrong with an event by the document's item schema. */
  check: (event: StreamEvent) => string[];
  numSamples: number;
  /** The model configs that may generate; undefined: any. */
  configIds: string[] | undefined;
  /** What is wrong with what all samples of an event share. */
  checkEnvelope: (envelope: Record<string, unknown>) => string[];
  /** When the request was sent, by performance.now(). */
  startedAt: number;
  /** How long the server takes for an ordinary answer, ms. */
  usualMs: number;
  /** Bounds, so that a server that never ends does not keep the check. */
  maxEvents: number;
  maxMs: number;
}

export interface JudgedStream {
  problems: string[];
  /** The output of each sample, put together, by its id. */
  outputs: Map<string, string>;
  /** The beginning of the stream. */
  text: string;
}

/**
 * Reads an event stream while it runs and says what is wrong with it: a faulty event, a sample that is not announced,
 * changes its id, goes on after its end or never ends, a first event that waits for the last.
 */
export async function judgeLiveStream(response: Response, options: LiveStreamOptions): Promise<JudgedStream> {
  const start = options.startedAt;
  const problems = findHttpProblems(response, new ArrayBuffer(0));
  const length = response.headers.get('content-length');
  if (length !== null) problems.push(`has a Content-Length of ${length}, so it was ready before it was sent`);
  const outputs = new Map<string, string>();
  let text = '';
  const ids = new Map<number, string>();
  const finished = new Set<number>();
  const shared = new Map<string, string>();
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
    else {
      const envelope = parse(event.data);
      problems.push(...options.checkEnvelope(envelope).map((fault) => `event ${events}: ${fault}`));
      const entries = Array.isArray(envelope['data']) ? envelope['data'].filter(isRecord) : [];
      for (const entry of entries) takeEntry(entry);
      // What holds for the whole answer may be left open, but does not change on the way.
      for (const [name, value] of Object.entries(envelope)) {
        if (!name.endsWith('_id') || typeof value !== 'string') continue;
        const before = shared.get(name) ?? value;
        if (before !== value) problems.push(`event ${events} changes the ${name} from ${before} to ${value}`);
        shared.set(name, value);
      }
    }
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
    const piece = typeof entry['output'] === 'string' ? entry['output'] : '';
    outputs.set(id, (outputs.get(id) ?? '') + piece);
    const config = String(entry['model_config_id']);
    if (options.configIds && !options.configIds.includes(config)) {
      problems.push(`event ${events} is of the model config ${config}, not ${options.configIds.join(' or ')}`);
    }
    if (entry['finish_reason'] === '') problems.push(`event ${events} has an empty finish reason, where null is none`);
    else if (typeof entry['finish_reason'] === 'string') finished.add(index);
  };

  const tooLong = `not finished after ${options.maxMs} ms`;
  const give = (faults: string[]): JudgedStream => ({ problems: oneOfEach(faults), outputs, text });
  /** What came after the last blank line. */
  let pending = '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      take(event === undefined ? { data } : { event, data });
      if (id !== undefined) problems.push(`event ${events} has the id ${id}, and events of v4 have none`);
    },
    onRetry: (ms) => problems.push(`the stream sets a retry time of ${ms} ms, and streams of v4 set none`),
    onError: (error) => problems.push(`a line is no line of an event stream: ${error.message}`),
  });
  try {
    for await (const chunk of response.body ?? []) {
      const piece = decoder.decode(chunk, { stream: true });
      if (text.length < 2_000) text += piece;
      parser.feed(piece);
      pending = endsEvent.test(pending.slice(-3) + piece) ? '' : pending + piece;
      if (events > options.maxEvents) return give([...problems, `more than ${options.maxEvents} events`]);
      if (performance.now() - start > options.maxMs) return give([...problems, tooLong]);
    }
    const last = splitEvents(pending).at(-1) ?? '';
    if (hasData(last) && !endsEvent.test(last)) problems.push('the last event has no blank line after it');
  } catch (error) {
    const isTooLong = error instanceof DOMException && error.name === 'TimeoutError';
    problems.push(isTooLong ? tooLong : `the stream broke off after ${events} events: ${messageOf(error)}`);
  }
  if (events === 0) problems.push('the stream has no events');
  for (let index = 0; index < options.numSamples; index += 1) {
    if (!finished.has(index)) problems.push(`sample ${index} has no finish reason`);
  }
  // Events that come as quickly as any answer may well come all at once: what is slow may be the way to the server.
  const generatedMs = lastMs - options.usualMs;
  if (generatedMs > 100 && events > 2 && firstMs !== undefined && lastMs - firstMs < generatedMs * 0.02) {
    problems.push(
      `all ${events} events came at once, after ${Math.round(lastMs)} ms, where other answers take ` +
        `${Math.round(options.usualMs)} ms: the server does not stream`,
    );
  }
  return give(problems);
}

/** The same fault in many events is told once, with the first of them. */
function oneOfEach(faults: string[]): string[] {
  const alike = Map.groupBy(faults, (fault) => fault.replace(/^event \d+/, 'event'));
  return [...alike.values()].map(([first = '', ...more]) =>
    more.length > 0 ? `${first} (and ${more.length} more)` : first,
  );
}

/** Two line ends at the end of a text; CRLF is one. */
const endsEvent = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))$/;

function parse(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : {};
  } catch {
    // The item schema has said that it is no JSON.
    return {};
  }
}
