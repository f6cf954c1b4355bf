import { asObject, stableStringify } from '../json.ts';
import { namesOf, objectShape, type Alternative, type Conjunction, type Shapes } from './shape.ts';

export interface Matching {
  pairs: [Alternative, Alternative][];
  removed: Alternative[];
  added: Alternative[];
}

/**
 * Finds which alternative of the base became which of the revision: first those that are written alike, then those of
 * one name, of one discriminating value, and at last the most alike of one type.
 */
export function matchAlternatives(
  base: readonly Alternative[],
  revision: readonly Alternative[],
  baseShapes: Shapes,
  revisionShapes: Shapes,
): Matching {
  const removed = [...base];
  const added = [...revision];
  const pairs: Matching['pairs'] = [];
  const pairUp = (likeness: (left: Alternative, right: Alternative) => number) => {
    const candidates = removed
      .flatMap((left) =>
        added.map((right) => ({ left, right, score: left.type === right.type ? likeness(left, right) : 0 })),
      )
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score);
    for (const { left, right } of candidates) {
      if (!removed.includes(left) || !added.includes(right)) continue;
      pairs.push([left, right]);
      removed.splice(removed.indexOf(left), 1);
      added.splice(added.indexOf(right), 1);
    }
  };
  pairUp((left, right) => Number(textOf(left) === textOf(right)));
  pairUp((left, right) => shared(ownNames(left), ownNames(right)));
  pairUp((left, right) => shared(tagsOf(left, baseShapes), tagsOf(right, revisionShapes)));
  const alone = (all: readonly Alternative[], { type }: Alternative) =>
    all.filter((alternative) => alternative.type === type).length === 1;
  pairUp((left, right) => {
    const score = similarity(left, right);
    // What is the only one of its type on both sides is the same thing, however much it changed.
    if (alone(base, left) && alone(revision, right)) return 1 + score;
    if (left.type === 'object' && contradict(tagsOf(left, baseShapes), tagsOf(right, revisionShapes))) return 0;
    return left.type === 'object' && score < 0.3 ? 0 : 0.1 + score;
  });
  return { pairs, removed, added };
}

function ownNames(alternative: Alternative): Set<string> {
  return new Set(namesOf(alternative).slice(0, 1));
}

function shared(left: Set<string>, right: Set<string>): number {
  return left.intersection(right).size;
}

const texts = new WeakMap<Alternative, string>();

/** What an alternative says, as text; kept, since each is compared with all others. */
function textOf(alternative: Alternative): string {
  const text = texts.get(alternative) ?? stableStringify(alternative.nodes.map(({ value }) => value));
  texts.set(alternative, text);
  return text;
}

/** `name=value` for each property that can have listed values only: what tells variants apart. */
export function tagsOf(alternative: Alternative, shapes: Shapes): Set<string> {
  const tags = new Set<string>();
  if (alternative.type !== 'object') return tags;
  for (const [name, schema] of objectShape(alternative.nodes).properties) {
    for (const value of listedValues(schema, shapes)) tags.add(`${name}=${value}`);
  }
  return tags;
}

function listedValues(schema: Conjunction, shapes: Shapes): string[] {
  // Only what stands there directly or behind a reference: expanding everything would be slow.
  const direct = schema.some(({ value }) => {
    const { enum: list, const: constant, $ref } = asObject(value);
    return list !== undefined || constant !== undefined || $ref !== undefined;
  });
  if (!direct) return [];
  const [only, ...more] = shapes.of(schema).alternatives;
  return more.length === 0 ? [...(only?.values?.keys() ?? [])] : [];
}

/** Whether some property has listed values on both sides, and none in common. */
export function contradict(left: Set<string>, right: Set<string>): boolean {
  const properties = (tags: Set<string>) => new Set([...tags].map((tag) => tag.slice(0, tag.indexOf('='))));
  const common = properties(left).intersection(properties(right));
  return [...common].some((name) => {
    const of = (tags: Set<string>) => new Set([...tags].filter((tag) => tag.startsWith(`${name}=`)));
    return of(left).isDisjointFrom(of(right));
  });
}

/** Share of property names that both have; for other types, whether the formats agree. */
function similarity(left: Alternative, right: Alternative): number {
  if (left.type !== 'object') return (left.values === undefined) === (right.values === undefined) ? 0.5 : 0;
  const [a, b] = [left, right].map(({ nodes }) => new Set(objectShape(nodes).properties.keys()));
  if (!a || !b || a.union(b).size === 0) return 0;
  return a.intersection(b).size / a.union(b).size;
}
