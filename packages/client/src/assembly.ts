import type { PartialSample } from './stream-error.ts';
import { Text } from './text.ts';

/** What a stream's events have in common, chats and completions alike. Servers may leave out or add anything. */
export interface Envelope {
  data?: readonly Entry[] | null;
  num_samples?: number | null;
  usage?: Record<string, unknown> | null;
  provider_responses?: readonly unknown[] | null;
  [key: string]: unknown;
}

/** The samples of an envelope. */
export type EntryOf<T> = T extends { data: readonly (infer E)[] } ? E : Entry;

/** One piece of one sample. */
export interface Entry {
  index?: number | null;
  output?: string | null;
  raw_output?: string | null;
  finish_reason?: string | null;
  model_config_id?: string | null;
  tool_calls?: readonly ToolCall[] | null;
  output_message?: { content?: unknown; tool_calls?: readonly ToolCall[] | null } | null;
  [key: string]: unknown;
}

interface ToolCall {
  id?: string | null;
  index?: number | null;
  function?: { name?: string | null; arguments?: string | null } | null;
}

/** One sample, as far as it has come. */
export interface SampleState {
  readonly index: number;
  readonly text: Text;
  /** Only where it differs from `text`, as it does by blanks at the ends. */
  raw: Text | undefined;
  /** What the events said of the sample, the last non-null value of each property. */
  entry: Entry;
  finished: boolean;
  toolCalls: ToolCall[];
  usage: Record<string, unknown> | undefined;
}

/**
 * Puts the events of a stream together, sample by sample.
 *
 * Runs for every event, so a plain piece of text costs an append: the rest is merged only at the first and last event of
 * a sample and where an event brings tool calls or usage.
 */
export class Assembly {
  readonly samples: SampleState[] = [];
  /** Number of samples that the request asked for; events may know it where the reader does not. */
  expected: number | undefined;
  events = 0;
  /** `[DONE]` came. */
  done = false;
  #finished = 0;
  #envelope: Envelope = {};

  constructor(expected: number | undefined) {
    this.expected = expected;
  }

  /** Whether every requested sample has had its finish reason. */
  get isComplete(): boolean {
    return this.done || this.#finished >= (this.expected ?? 1);
  }

  get partial(): PartialSample[] {
    return this.samples.map(({ index, text, entry }) => ({
      index,
      output: text.toString(),
      finish_reason: entry.finish_reason ?? null,
    }));
  }

  add(event: Envelope): void {
    this.events++;
    const { data, usage } = event;
    this.expected ??= event.num_samples ?? undefined;
    if (this.events === 1 || usage) mergeInto(this.#envelope, event);
    if (!Array.isArray(data)) return;
    for (let position = 0; position < data.length; position++) {
      const entry = data[position] as Entry | null;
      if (!entry) continue;
      const sample = this.sample(entry.index ?? position);
      this.#addEntry(sample, entry);
      if (entry.finish_reason != null && this.events > 1) mergeInto(this.#envelope, event);
      if (usage) sample.usage = usage;
    }
  }

  /** The sample of an index, which may not have begun. */
  sample(index: number): SampleState {
    const usual = this.samples[index];
    if (usual?.index === index) return usual;
    let sample = this.samples.find((other) => other.index === index);
    if (!sample) {
      sample = { index, text: new Text(), raw: undefined, entry: {}, finished: false, toolCalls: [], usage: undefined };
      this.samples.push(sample);
      this.samples.sort((a, b) => a.index - b.index);
    }
    return sample;
  }

  #addEntry(sample: SampleState, entry: Entry): void {
    const { text } = sample;
    const output = entry.output ?? '';
    const raw = entry.raw_output ?? output;
    if (raw !== output) sample.raw ??= new Text(text.toString());
    sample.raw?.append(raw);
    const isFirst = sample.entry.index === undefined;
    text.append(output);
    const calls = entry.output_message?.tool_calls ?? entry.tool_calls;
    if (calls?.length) mergeToolCalls(sample.toolCalls, calls);
    if (isFirst || calls?.length || entry.finish_reason != null)
      mergeInto(sample.entry, { ...entry, index: sample.index });
    if (entry.finish_reason != null && !sample.finished) {
      sample.finished = true;
      this.#finished++;
    }
  }

  /** The whole answer, as the JSON twin of the operation would have given it. */
  toAnswer(): Envelope {
    const usages = this.samples.map(({ usage }) => usage).filter((usage) => usage !== undefined);
    return {
      ...this.#envelope,
      data: this.samples.map(toEntry),
      usage: usages.length > 0 ? sum(usages) : null,
    };
  }
}

/** A sample as one entry of `data`. */
export function toEntry({ entry, text, raw, toolCalls }: SampleState): Entry {
  const output = text.toString();
  const { output_message: message } = entry;
  const whole: Entry = { ...entry, output, raw_output: raw?.toString() ?? output };
  if (toolCalls.length > 0) whole.tool_calls = toolCalls;
  if (message) {
    whole.output_message = { ...message, content: output || message.content };
    if (toolCalls.length > 0) whole.output_message.tool_calls = toolCalls;
  }
  return whole;
}

function mergeInto(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const isNews = value != null && !(Array.isArray(value) && value.length === 0);
    if (isNews || !(key in target)) target[key] = value;
  }
}

/** Calls come whole, each in one event; a server that sends pieces, or repeats what it sent, is understood too. */
function mergeToolCalls(known: ToolCall[], calls: readonly ToolCall[]): void {
  for (const [position, call] of calls.entries()) {
    const same = known.findIndex((other, index) =>
      call.id ? other.id === call.id : index === (call.index ?? position),
    );
    const before = known[same];
    if (!before) known.push(call);
    else {
      const had = before.function?.arguments ?? '';
      const has = call.function?.arguments ?? '';
      const merged = { ...before.function, ...call.function, arguments: has.startsWith(had) ? has : had + has };
      known[same] = {
        ...before,
        function: { ...merged, name: call.function?.name || (before.function?.name ?? null) },
      };
    }
  }
}

/** Adds up the counts of all samples. */
function sum(usages: readonly Record<string, unknown>[]): Record<string, unknown> {
  const total: Record<string, unknown> = {};
  for (const usage of usages) {
    for (const [key, value] of Object.entries(usage)) {
      const before = total[key];
      total[key] = typeof value === 'number' && typeof before === 'number' ? before + value : value;
    }
  }
  return total;
}
