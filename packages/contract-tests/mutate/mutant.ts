import type { Verdict } from './judge.ts';

/** One change in one place. */
export interface Mutant {
  side: 'document' | 'client';
  subject: string;
  kind: string;
  /** Where: a pointer into the document, or a file and line of the client. */
  place: string;
}

/** What became of a mutant. */
export interface Result extends Mutant {
  /** Who noticed; null when nobody did. */
  verdict: Verdict | null;
  /** Why it does not matter that nobody did. */
  reason?: string | undefined;
}
