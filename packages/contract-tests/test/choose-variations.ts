import type { Walk, Rule } from '../src/suite/schema-walk.ts';
import type { Document } from '../src/document/document.ts';
import type { Pointer } from '../src/document/pointer.ts';
import type { Schemas } from '../src/document/schemas.ts';
import { createSampler } from '../src/suite/sample.ts';
import { listVariations, type Depth } from '../src/suite/variations.ts';

export interface ChosenVariation {
  /** `data[].finish_reason null` */
  name: string;
  value: unknown;
  /** The verdict of AJV. */
  isValid: boolean;
}

/**
 * Makes a function that varies a small valid value of a schema, and keeps the variations that keep or break a rule which
 * none did before, in this or an earlier schema: few values that together try everything.
 */
export function createChooser(
  document: Document,
  schemas: Schemas,
  walk: Walk,
): (schema: Pointer, canBe?: (value: unknown) => boolean) => ChosenVariation[] {
  const sample = createSampler(document, schemas);
  const kept = new Set<Rule>();
  const broken = new Set<Rule>();
  const entered = new Set<string>();
  // What a named schema says is the same in each place, so the first is enough.
  const goInto = (name: string): Depth => {
    if (entered.has(name)) return 'shallow';
    entered.add(name);
    return 'deep';
  };
  return (schema, canBe = () => true) => {
    if (walk.listRules([schema]).every((rule) => kept.has(rule) && broken.has(rule))) return [];
    const value = sample(schema);
    return [
      { at: '', label: 'a valid value', value },
      ...listVariations(document, schemas, sample, schema, value, { goInto }),
    ]
      .filter((one) => canBe(one.value))
      .filter((one) => {
        let isNew = false;
        walk.judge(schema, one.value, (rule, isKept) => {
          const side = isKept ? kept : broken;
          isNew ||= !side.has(rule);
          side.add(rule);
        });
        return isNew;
      })
      .map(({ at, label, value: varied }) => ({
        name: `${at || '(the value)'} ${label}`,
        value: varied,
        isValid: schemas.check(schema, varied).length === 0,
      }));
  };
}
