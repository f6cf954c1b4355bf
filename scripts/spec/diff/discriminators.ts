import { asArray, asObject } from '../json.ts';
import { childEntries, type Located, type SpecDocument } from '../spec-document.ts';
import { quote, show, type Undirected } from './finding.ts';
import { tagsOf } from './match-alternatives.ts';
import type { Kind } from './rules.ts';
import { annotation, namesOf, type Shape, type Shapes } from './shape.ts';

/** Compares how two unions name their variants. */
export function compareDiscriminators(
  before: Shape,
  after: Shape,
  base: Shapes,
  revision: Shapes,
  pointer: string,
): Undirected[] {
  const changes: Undirected[] = [];
  const report = (kind: Kind, at: string, message: string) => changes.push({ kind, pointer: at, message });
  const [left, right] = [discriminatorOf(before), discriminatorOf(after)];
  if (!left && !right) return changes;
  const at = (right ?? left)?.pointer ?? pointer;
  if (!left || !right) {
    // Where each variant names itself by a constant, the discriminator adds nothing.
    const present = left ?? right;
    const shape = left ? before : after;
    const other = left ? after : before;
    const shapes = left ? revision : base;
    const named = other.alternatives.filter(({ type }) => type === 'object');
    const explicit = named.every((alternative) =>
      [...tagsOf(alternative, shapes)].some((tag) => tag.startsWith(`${present?.property}=`)),
    );
    if (explicit && named.length > 1 && shape.alternatives.length === other.alternatives.length) return changes;
    if (left) report('discriminator-changed', at, 'the discriminator is removed');
    else report('discriminator-added', at, `${quote(right?.property ?? '')} tells the variants apart`);
    return changes;
  }
  if (left.property !== right.property) {
    const message = `the discriminator changes from ${quote(left.property)} to ${quote(right.property)}`;
    report('discriminator-changed', at, message);
    return changes;
  }
  const variants = ({ alternatives }: Shape) =>
    new Set(alternatives.flatMap((alternative) => namesOf(alternative).slice(0, 1)));
  const [had, has] = [variants(before), variants(after)];
  for (const [value, target] of left.mapping) {
    const now = right.mapping.get(value);
    if (now === target) continue;
    if (now === undefined && had.has(target) && !has.has(target)) continue; // the variant itself is reported as removed
    const message =
      now === undefined ? `no longer names a variant` : `names ${quote(now)} in place of ${quote(target)}`;
    report('discriminator-changed', at, `the discriminator's value ${quote(value)} ${message}`);
  }
  for (const [value, target] of right.mapping) {
    if (left.mapping.has(value) || (!had.has(target) && has.has(target))) continue;
    report('discriminator-value-added', at, `the discriminator's value ${quote(value)} also names ${quote(target)}`);
  }
  if (left.fallback !== right.fallback) {
    const kind = left.fallback === undefined ? 'discriminator-value-added' : 'discriminator-changed';
    const message = right.fallback === undefined ? 'is removed' : `is ${show(right.fallback)}`;
    report(kind, at, `\`defaultMapping\` ${message}`);
  }
  return changes;
}

/**
 * Schemas that extend another by `allOf`, where that one has a discriminator: a value of the one may be any of them.
 *
 * @see https://spec.openapis.org/oas/v3.2.0.html#discriminator-object
 */
export function subtypesOf(schema: Located, document: SpecDocument): Located[] {
  const { discriminator, anyOf, oneOf } = asObject(schema.value);
  if (discriminator === undefined || anyOf !== undefined || oneOf !== undefined) return [];
  return childEntries(document.at('/components/schemas'))
    .map(([, candidate]) => candidate)
    .filter((candidate) =>
      asArray(asObject(candidate.value)['allOf']).some((part) => {
        const { $ref } = asObject(part);
        return typeof $ref === 'string' && document.resolve($ref, candidate.pointer).pointer === schema.pointer;
      }),
    );
}

interface Discriminator {
  property: string;
  /** Value of the property → name of the schema, the implied entries included. */
  mapping: Map<string, string>;
  fallback: string | undefined;
  pointer: string;
}

function discriminatorOf(shape: Shape): Discriminator | undefined {
  const located = annotation(shape.outer, 'discriminator');
  if (!located) return undefined;
  const { propertyName, mapping, defaultMapping } = asObject(located.value);
  const entries = Object.entries(asObject(mapping)).map(([value, target]): [string, string] => [
    value,
    schemaName(target),
  ]);
  const mapped = new Set(entries.map(([, name]) => name));
  // A variant without an entry goes by the name of its schema.
  const implied = shape.alternatives
    .filter(({ own }) => own.length > 0)
    .flatMap((alternative): [string, string][] =>
      namesOf(alternative)
        .slice(0, 1)
        .map((name) => [name, name]),
    )
    .filter(([name]) => !mapped.has(name));
  return {
    property: String(propertyName),
    mapping: new Map([...implied, ...entries]),
    fallback: defaultMapping === undefined ? undefined : schemaName(defaultMapping),
    pointer: located.pointer,
  };
}

function schemaName(reference: unknown): string {
  return String(reference).replace(/^.*\//, '');
}
