import { entriesOf, type Entry, type Envelope, indexOf, type Progress, sampleAt, textOf } from './progress.ts';

/** The samples of an envelope. */
export type EntryOf<T> = T extends { data: readonly (infer E)[] } ? E : Entry;

type Fields = Record<string, unknown>;

interface ToolCall {
  id?: string | null;
  index?: number | null;
  function?: { name?: string | null; arguments?: unknown } | null;
}

interface Message {
  content?: unknown;
  tool_calls?: readonly ToolCall[] | null;
}

/** What is known of one sample besides its text. */
interface Parts {
  /** The last value of each property that had one. */
  entry: Fields;
  toolCalls: ToolCall[];
  usage?: Fields;
  /** Where `raw_output` differs from `output`: mostly at the ends, so that one text is kept and not two. */
  patches: { at: number; length: number; raw: string }[];
}

/** Puts the events of a stream together. */
export interface Assembly {
  /** Takes an event whose pieces the progress has told of. */
  add(event: Envelope): void;
  /** The whole answer, as the JSON twin of the operation would have given it. */
  toAnswer(): Envelope;
  /** One sample, as the entry of `data` that it would have been. */
  toEntry(index: number): Entry;
}

/**
 * Its work is done for every event, so a plain piece of text costs little: properties are merged at the first and the last
 * event of a sample, and where an event brings tool calls or usage.
 */
export function createAssembly(progress: Progress): Assembly {
  const envelope: Fields = {};
  const samples: Parts[] = [];
  /** Usage of an event without samples: it counts for all. */
  let sharedUsage: Fields | undefined;
  /** Whether the event at hand brings more than text. */
  let bringsMore = false;

  progress.onEntry = (entry, sample) => {
    const { index } = sample;
    const isNew = !samples[index];
    const parts = (samples[index] ??= { entry: {}, toolCalls: [], patches: [] });
    const output = typeof entry.output === 'string' ? entry.output : '';
    const raw = typeof entry['raw_output'] === 'string' ? entry['raw_output'] : output;
    const { length } = output;
    if (raw !== output) parts.patches.push({ at: sample.length - length, length, raw });
    const message = entry['output_message'] as Message | null | undefined;
    const calls = message?.tool_calls ?? entry['tool_calls'];
    const bringsCalls = Array.isArray(calls) && calls.length > 0;
    if (bringsCalls) mergeToolCalls(parts.toolCalls, calls.filter(Boolean) as ToolCall[]);
    if (!isNew && !bringsCalls && !entry.finish_reason) return;
    bringsMore = true;
    // The text is put together elsewhere: held here as well, a large one would take several times its memory.
    const shared = message?.content === output ? { output_message: { ...message, content: output } } : {};
    mergeInto(parts.entry, { ...entry, ...shared, index, output: '', raw_output: '' });
  };

  /** Usage counts once for an event, and each new one replaces what was said of the same samples. */
  function addUsage(entries: readonly (Entry | null)[], usage: Fields): void {
    // Two pieces of one sample may come in one event.
    const indices = new Set(entries.flatMap((entry, position) => (entry ? [indexOf(entry, position)] : [])));
    sharedUsage = indices.size === 0 ? usage : undefined;
    for (const [position, index] of [...indices].entries()) {
      const parts = samples[index] as Parts;
      if (position === 0) parts.usage = usage;
      else delete parts.usage;
    }
  }

  function toEntry(index: number): Entry {
    const { entry, toolCalls, patches } = samples[index] ?? { entry: { index }, toolCalls: [], patches: [] };
    const output = textOf(sampleAt(progress, index));
    const whole: Fields = { ...entry, output, raw_output: applyPatches(output, patches) };
    const calls = toolCalls.length > 0 ? { tool_calls: toolCalls } : {};
    if (entry['output_message']) Object.assign(whole, { output_message: { ...entry['output_message'], ...calls } });
    const { content } = Object(whole['output_message']) as Message;
    // Its content comes in the same pieces as `output`.
    if (output && typeof (content ?? '') !== 'object')
      Object.assign(Object(whole['output_message']), { content: output });
    return Object.assign(whole, calls);
  }

  return {
    add(event) {
      const usage = event['usage'] as Fields | null | undefined;
      if (usage) addUsage(entriesOf(event), usage);
      if (usage || bringsMore) mergeInto(envelope, { ...event, data: [] });
      bringsMore = false;
    },
    toAnswer() {
      const usages = Object.values(samples).flatMap(({ usage }) => (usage ? [usage] : []));
      return {
        ...envelope,
        data: Object.keys(samples).map((index) => toEntry(Number(index))),
        usage: sharedUsage ?? addUp(usages),
      };
    },
    toEntry,
  };
}

/** What has no value does not replace what has: `inputs` of a completion are `{}` on all but its first event. */
function mergeInto(target: Fields, source: Fields): void {
  for (const [key, value] of Object.entries(source)) {
    const isEmpty = value == null || (typeof value === 'object' && Object.keys(value).length === 0);
    if (!isEmpty || !(key in target)) target[key] = value;
  }
}

/** Calls come whole, each in one event; a server that sends pieces, or repeats what it sent, is understood too. */
function mergeToolCalls(known: ToolCall[], calls: readonly ToolCall[]): void {
  for (const [position, call] of calls.entries()) {
    const same = known.findIndex((other, index) =>
      call.id ? other.id === call.id : (other.index ?? index) === (call.index ?? position),
    );
    const before = known[same]?.function;
    if (!before) known.push(call);
    else {
      const name = call.function?.name || before.name || null;
      const joined = joinArguments(before.arguments, call.function?.arguments, !!call.id);
      known[same] = { ...known[same], function: { ...before, name, arguments: joined } };
    }
  }
}

/** Only what names its call again may repeat it: the pieces `[` and `[1]]` begin alike, too. */
function joinArguments(had: unknown, has: unknown, mayRepeat: boolean): unknown {
  // Some servers send the arguments parsed.
  if (typeof had !== 'string' || typeof has !== 'string') return has ?? had;
  return mayRepeat && has.startsWith(had) ? has : had + has;
}

function applyPatches(output: string, patches: Parts['patches']): string {
  let raw = '';
  let end = 0;
  for (const patch of patches) {
    raw += output.slice(end, patch.at) + patch.raw;
    end = patch.at + patch.length;
  }
  return raw + output.slice(end);
}

/** Adds up the counts of all samples; `null` without any. */
function addUp(usages: readonly Fields[]): Fields | null {
  if (usages.length === 0) return null;
  const total: Fields = {};
  for (const [key, value] of usages.flatMap((usage) => Object.entries(usage))) {
    const before = total[key];
    total[key] = typeof value === 'number' && typeof before === 'number' ? before + value : value;
  }
  return total;
}
