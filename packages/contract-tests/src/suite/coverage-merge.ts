import type { Coverage, Share, Sides } from './coverage.ts';

/** What two runs over the same operations of one document have seen together. */
export function mergeCoverage(one: Coverage, other: Coverage): Coverage {
  const byKeyword = (side: 'requests' | 'answers'): Record<string, Sides> =>
    Object.fromEntries(
      Object.entries(one.rules[side]).map(([keyword, sides]) => [
        keyword,
        mergeSides(sides, other.rules[side][keyword] ?? sides),
      ]),
    );
  return {
    operations: mergeShares(one.operations, other.operations),
    statuses: mergeShares(one.statuses, other.statuses),
    mediaTypes: mergeShares(one.mediaTypes, other.mediaTypes),
    parameters: mergeSides(one.parameters, other.parameters),
    properties: {
      requests: mergeSides(one.properties.requests, other.properties.requests),
      answers: mergeSides(one.properties.answers, other.properties.answers),
    },
    rules: { requests: byKeyword('requests'), answers: byKeyword('answers') },
  };
}

function mergeShares(one: Share, other: Share): Share {
  const unseen = one.unseen.filter((name) => other.unseen.includes(name));
  return { seen: one.of - unseen.length, of: one.of, unseen };
}

function mergeSides(one: Sides, other: Sides): Sides {
  const names = [...one.unseen, ...one.onlyKept, ...one.onlyBroken];
  const isMissing = (name: string, side: 'onlyKept' | 'onlyBroken', by: Sides): boolean =>
    by.unseen.includes(name) || by[side].includes(name);
  const open = names.map((name) => ({
    name,
    notBroken: [one, other].every((sides) => isMissing(name, 'onlyKept', sides)),
    notKept: [one, other].every((sides) => isMissing(name, 'onlyBroken', sides)),
  }));
  const pick = (notKept: boolean, notBroken: boolean): string[] =>
    open.filter((place) => place.notKept === notKept && place.notBroken === notBroken).map(({ name }) => name);
  const [unseen, onlyKept, onlyBroken] = [pick(true, true), pick(false, true), pick(true, false)];
  return {
    of: one.of,
    both: one.of - unseen.length - onlyKept.length - onlyBroken.length,
    onlyKept,
    onlyBroken,
    unseen,
  };
}
