/** What a stream's events have in common, chats and completions alike. Servers may leave out or add anything. */
export interface Envelope {
  data?: readonly (Entry | null)[] | null;
  num_samples?: number | null;
  [key: string]: unknown;
}

/** One piece of one sample. */
export interface Entry {
  index?: number | null;
  output?: string | null;
  finish_reason?: string | null;
  [key: string]: unknown;
}

/** One sample, as far as it has come. */
export interface SampleProgress {
  readonly index: number;
  /** The text so far is `settled` and `recent`. */
  settled: string;
  recent: string[];
  /** Characters of the text so far. */
  length: number;
  finish_reason: string | null;
  /** Whether an event has brought something of it: whoever asks for a sample makes a place for it, too. */
  seen: boolean;
}

/** What a stream had brought of one sample when it failed. */
export interface PartialSample {
  readonly index: number;
  /** The text so far. */
  readonly output: string;
  readonly finish_reason: string | null;
}

/** How far a stream has come. */
export interface Progress {
  /** By their indices; an array with holes, which may be as large as a server likes: its values are visited, not its length. */
  readonly samples: SampleProgress[];
  /** Number of samples that must finish; `undefined` while neither request nor events have said. */
  expected: number | undefined;
  finished: number;
  /** Nothing more is to come: every sample is finished, or `[DONE]` came. */
  complete: boolean;
  /** Told about each piece when its text has been added: events are walked through once, because that is a cost of each. */
  onEntry?: (entry: Entry, sample: SampleProgress) => void;
}

const BLOCK = 32;

export function createProgress(expected: number | undefined): Progress {
  return { samples: [], expected, finished: 0, complete: false };
}

/** Takes an event into account. Runs for each, so it does no more than proof and `partial` need. */
export function addEvent(progress: Progress, event: Envelope): void {
  progress.expected ??= event.num_samples || undefined;
  const entries = entriesOf(event);
  for (let position = 0; position < entries.length; position++) {
    const entry = entries[position];
    if (!entry) continue;
    const index = indexOf(entry, position);
    const sample = sampleAt(progress, index);
    sample.seen = true;
    if (entry.output && typeof entry.output === 'string') append(sample, entry.output);
    progress.onEntry?.(entry, sample);
    // Some gateways send "" or false with every piece.
    if (typeof entry.finish_reason !== 'string' || !entry.finish_reason) continue;
    // Only the first counts, a sample finishes once; and only of those asked for.
    const counts = sample.finish_reason === null && isExpected(progress, index);
    if (counts && ++progress.finished >= (progress.expected ?? 1)) progress.complete = true;
    sample.finish_reason = entry.finish_reason;
  }
}

/** Whether a sample is one of those asked for. Some servers count from one: they have none with index 0. */
function isExpected({ expected, samples }: Progress, index: number): boolean {
  return index >= 0 && (index < (expected ?? 1) || (index <= (expected ?? index) && !samples[0]?.seen));
}

/** The entries of an event; none, where what it calls `data` is no list. */
export function entriesOf({ data }: Envelope): readonly (Entry | null)[] {
  return Array.isArray(data) ? (data as (Entry | null)[]) : [];
}

/** Which sample an entry belongs to, by its word or by its place; the first, when its word is no number. */
export function indexOf(entry: Entry, position: number): number {
  const index: unknown = entry.index ?? position;
  return Number(index) || 0;
}

export function sampleAt({ samples }: Progress, index: number): SampleProgress {
  return (samples[index] ??= { index, settled: '', recent: [], length: 0, finish_reason: null, seen: false });
}

export function textOf({ settled, recent }: SampleProgress): string {
  return settled + recent.join('');
}

export function partialOf({ samples }: Progress): PartialSample[] {
  return Object.values(samples)
    .filter(({ seen }) => seen)
    .map((sample) => ({ index: sample.index, output: textOf(sample), finish_reason: sample.finish_reason }));
}

/**
 * Adding each piece to one string builds a tree with a node for each piece, which takes ten times the memory of the text;
 * so pieces are joined block by block.
 */
function append(sample: SampleProgress, piece: string): void {
  sample.length += piece.length;
  // As many stay apart: who follows the text takes from these, and not from a string that has grown, which copies it.
  if (sample.recent.push(piece) > BLOCK * 2) sample.settled += sample.recent.splice(0, BLOCK).join('');
}
