import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Mutant, Result } from './mutant.ts';

/** A mutant that may live. */
interface Survivor {
  line: string;
  kind: string;
  /** A part of the place; empty for any. */
  where: string;
  reason: string;
}

/** Reads survivors.txt, which says how it is written. */
export function readSurvivors(file: string = path.join(import.meta.dirname, 'survivors.txt')): Survivor[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('- '))
    .map((line) => {
      const [kind = '', where = '', reason = ''] = line.slice(2).split(' | ');
      if (reason.trim() === '') throw new Error(`survivors.txt: a line needs a kind, a place and a reason: ${line}`);
      return { line, kind, where: where === '*' ? '' : where, reason };
    });
}

export function findReason(survivors: readonly Survivor[], mutant: Mutant): string | undefined {
  return survivors.find((one) => matches(one, mutant))?.reason;
}

/** Entries that fit a mutant of this run, none of which has survived. */
export function findStale(survivors: readonly Survivor[], results: readonly Result[]): string[] {
  return survivors
    .filter((one) => {
      const fitting = results.filter((result) => matches(one, result));
      return fitting.length > 0 && fitting.every(({ verdict }) => verdict !== null);
    })
    .map(({ line }) => line);
}

function matches({ kind, where }: Survivor, mutant: Mutant): boolean {
  return kind === mutant.kind && mutant.place.includes(where);
}
