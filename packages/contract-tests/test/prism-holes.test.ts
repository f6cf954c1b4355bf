import { describe, expect, inject, it } from 'vitest';
import { readDocument } from '../src/document/document.ts';
import { listOperations } from '../src/document/operations.ts';
import { prismHoles } from '../src/suite/prism-holes.ts';

const operations = listOperations(await readDocument());

describe.each(prismHoles)('the hole "$name"', (hole) => {
  it('is still there in Prism', async () => {
    // If this fails, Prism has mended it: take the hole off the list.
    expect(await hole.isThere(inject('prismUrl'), operations)).toBe(true);
  });

  it('is not there in the mock', async () => {
    expect(await hole.isThere(inject('mockUrl'), operations)).toBe(false);
  });
});
