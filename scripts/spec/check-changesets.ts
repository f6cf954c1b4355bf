import type { Change } from './diff/compare-documents.ts';
import { judgementOf } from './diff/report.ts';
import { levels, type Level } from './diff/rules.ts';
import { demandedLevel, packages, type PackageName } from './pending-changesets.ts';

/**
 * Whether the pending changesets say at least as much as the changes of the document demand.
 *
 * @param changes - the gravest first, as `compareDocuments` returns them.
 * @returns one sentence for each package that is written too low; none when all is well.
 */
export function checkChangesets(changes: Change[], written: Record<PackageName, Level>): string[] {
  const judgement = judgementOf(changes);
  const [gravest] = changes;
  if (!gravest) return [];
  return packages.flatMap((name) => {
    const demanded = demandedLevel(name, judgement);
    if (levels.indexOf(written[name]) >= levels.indexOf(demanded)) return [];
    const others = changes.filter(({ level }) => level === judgement).length - 1;
    const more = others > 0 ? ` (and ${others} more)` : '';
    return `${name}: the document ${describe(gravest)}${more}: ${demanded} needed, ${written[name]} written`;
  });
}

/** `` removed `POST /x` ``, or where and what. */
function describe({ kind, place, message }: Change): string {
  const name = /`[^`]+`/.exec(message)?.[0] ?? place;
  if (/^(operation|schema-name)-removed$/.test(kind)) return `removed ${name}`;
  if (/^(operation|schema-name)-added$/.test(kind)) return `added ${name}`;
  if (kind.endsWith('property-added')) return `added \`${place}\``;
  if (kind === 'property-removed') return `removed \`${place}\``;
  return `changed ${place} (${message})`;
}
