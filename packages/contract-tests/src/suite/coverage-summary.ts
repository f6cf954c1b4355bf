import type { Coverage, Sides } from './coverage.ts';

/** `operations 68 of 68, statuses 540 of 544, media types 548 of 552` */
export function describeAnswers({ operations, statuses, mediaTypes }: Coverage): string {
  return [
    `operations ${operations.seen} of ${operations.of}`,
    `statuses ${statuses.seen} of ${statuses.of}`,
    `media types ${mediaTypes.seen} of ${mediaTypes.of}`,
  ].join(', ');
}

/** What was seen of parameters, properties and rules; the names are for people. */
export function listSides({ parameters, properties, rules }: Coverage): { name: string; sides: Sides }[] {
  return [
    { name: 'parameters', sides: parameters },
    { name: 'properties of requests', sides: properties.requests },
    { name: 'properties of answers', sides: properties.answers },
    { name: 'rules of requests', sides: addUp(Object.values(rules.requests)) },
    { name: 'rules of answers', sides: addUp(Object.values(rules.answers)) },
  ];
}

/**
 * ```
 * Seen: operations 68 of 68, statuses 540 of 544, media types 548 of 552
 *   of 196 parameters        134 on both sides,  62 only kept,   0 only broken,   0 never
 * ```
 */
export function describeCoverage(coverage: Coverage): string {
  const rows = listSides(coverage).map(({ name, sides }) => [
    `of ${sides.of} ${name}`,
    `${sides.both} kept and broken`,
    `${sides.onlyKept.length} only kept`,
    `${sides.onlyBroken.length} only broken`,
    `${sides.unseen.length} never met`,
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const align = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const lines = rows.map((row) => row.map(align).join('  '));
  return [`Seen: ${describeAnswers(coverage)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

export function addUp(all: Sides[]): Sides {
  return {
    of: all.reduce((sum, sides) => sum + sides.of, 0),
    both: all.reduce((sum, sides) => sum + sides.both, 0),
    onlyKept: all.flatMap((sides) => sides.onlyKept),
    onlyBroken: all.flatMap((sides) => sides.onlyBroken),
    unseen: all.flatMap((sides) => sides.unseen),
  };
}
