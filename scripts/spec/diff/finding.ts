import type { Direction, Kind } from './rules.ts';

/** One difference, before it is judged. */
export interface Finding {
  kind: Kind;
  direction: Direction;
  /** JSON pointer of the place: in the revision, or in the base for what was removed. */
  pointer: string;
  /** What happened there, as a sentence without its full stop. */
  message: string;
  /** What to write instead, as a sentence without its full stop. */
  instead?: string | undefined;
}

/** A difference within a schema, which does not know where the schema stands. */
export type Undirected = Omit<Finding, 'direction'>;

/** Where in an exchange two schemas stand. */
export interface Place {
  direction: 'request' | 'response';
  /** Whether the media type is XML, so that the `xml` keyword counts. */
  xml: boolean;
  /** Pairs of schemas that were compared already, so that recursion ends. */
  seen: Set<string>;
}

export type Emit = (finding: Finding) => void;

/** A value in a sentence. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}

export function quote(name: string): string {
  return `\`${name}\``;
}
