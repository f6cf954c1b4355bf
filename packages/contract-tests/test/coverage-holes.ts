import type { Coverage, Sides } from '../src/suite/coverage.ts';
import { addUp } from '../src/suite/coverage-summary.ts';
import type { Explained } from './coverage-parts.ts';

/** Why something is not covered. */
export interface Exception {
  reason: string;
  /** What it explains; `*` stands for any text. */
  lines: string[];
}

/** What is not covered, a line each: `only kept request rule: ChatRequest.user type`. */
export function listHoles({ operations, statuses, mediaTypes, parameters, properties, rules }: Coverage): string[] {
  const answers = { operation: operations, status: statuses, 'media type': mediaTypes };
  const sides: Record<string, Sides> = {
    parameter: parameters,
    'request property': properties.requests,
    'answer property': properties.answers,
    'request rule': addUp(Object.values(rules.requests)),
    'answer rule': addUp(Object.values(rules.answers)),
  };
  return [
    ...Object.entries(answers).flatMap(([kind, { unseen }]) => unseen.map((name) => `never ${kind}: ${name}`)),
    ...Object.entries(sides).flatMap(([kind, { unseen, onlyKept, onlyBroken }]) => [
      ...unseen.map((name) => `never ${kind}: ${name}`),
      ...onlyKept.map((name) => `only kept ${kind}: ${name}`),
      ...onlyBroken.map((name) => `only broken ${kind}: ${name}`),
    ]),
  ];
}

function toPattern(text: string): RegExp {
  return new RegExp(
    `^${text
      .split('*')
      .map((part) => RegExp.escape(part))
      .join('.*')}$`,
  );
}

/** Holes that no entry explains, patterns that explain nothing, and what each entry explains. */
export function explain(
  holes: string[],
  entries: Exception[],
): { unexplained: string[]; needless: string[]; explained: Explained[] } {
  const patterns = entries.flatMap(({ reason, lines }) =>
    lines.map((line) => ({ line, reason, holes: holes.filter((hole) => toPattern(line).test(hole)) })),
  );
  const all = new Set(patterns.flatMap((one) => one.holes));
  return {
    unexplained: holes.filter((hole) => !all.has(hole)),
    needless: patterns.filter((one) => one.holes.length === 0).map(({ line }) => line),
    explained: entries.map(({ reason }) => ({
      reason,
      holes: [...new Set(patterns.filter((one) => one.reason === reason).flatMap((one) => one.holes))],
    })),
  };
}
