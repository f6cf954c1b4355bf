import { describe, expect, it } from 'vitest';
import { documentMutations } from '../mutate/document-mutations.ts';
import { findKiller } from '../mutate/judge.ts';
import { pickPlaces } from '../mutate/pick-places.ts';
import { readDocument } from '../src/document/document.ts';

const document = await readDocument();

// A sample: all kinds, at several places each, take minutes; see `pnpm mutate`.
describe('a change of the document', () => {
  it('is one of at least 60 kinds, each of which has a place', () => {
    const nowhere = documentMutations.filter((mutation) => mutation.places(document).length === 0);
    expect(nowhere.map(({ name }) => name)).toEqual([]);
    expect(new Set(documentMutations.map(({ name }) => name)).size).toBeGreaterThanOrEqual(60);
  });

  it.each(pickPlaces(documentMutations, 3))('is noticed: $name', (mutation) => {
    for (const place of pickPlaces(mutation.places(document), 1)) {
      const copy = structuredClone(document);
      mutation.apply(copy, place);
      expect(findKiller(copy)).not.toBeNull();
    }
  });
});
