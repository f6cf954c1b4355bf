import { isRecord, type Document } from '../document/document.ts';
import type { Pointer } from '../document/pointer.ts';
import type { Schemas } from '../document/schemas.ts';
import { branchesOf, keywordsAt, layersOf, namesOf, propertiesOf, type Sampler } from './sample.ts';

/** A value that differs from a valid one in one place. Whether it is valid is for the schema to say. */
export interface Variation {
  /** Where: `messages[].role`; `''` is the whole. */
  at: string;
  /** What is there: `null`, `"text"`, `missing`, `unknown property`. */
  label: string;
  value: unknown;
}

/** One of each JSON type: at any place some are right and some are wrong, which tests `type` and null from both sides. */
const anyTypes: unknown[] = [null, true, 7, 1.5, 'text', '', [], {}];

export type Depth = 'deep' | 'shallow' | 'not';

const missing = Symbol('missing');

/**
 * Varies a valid value in every place that its schema knows, one place at a time: each property missing and present, a
 * value of each type, each value of an enum and another, both sides of each bound, an unknown property in each object,
 * each branch of a choice.
 *
 * @param options.goInto - how far to go into a named schema within the first one; asked each time one is met. `shallow`:
 *   only as a whole. Default all the way; who lists those by themselves says `not`.
 */
export function listVariations(
  document: Document,
  schemas: Schemas,
  sample: Sampler,
  schema: Pointer,
  value: unknown,
  { goInto = () => 'deep' }: { goInto?: (name: string) => Depth } = {},
): Variation[] {
  const found = new Map<string, Variation>();
  const add = (at: string, label: string, whole: unknown): void => {
    const key = `${at} ${label}`;
    if (!found.has(key)) found.set(key, { at, label, value: whole });
  };

  const vary = (place: Place, isShallow: boolean): void => {
    const layers = layersOf(document, place.schema);
    for (const candidate of [...anyTypes, ...layers.flatMap((layer) => boundaryValues(keywordsAt(document, layer)))]) {
      add(place.at, describe(candidate), place.put(candidate));
    }
    if (isShallow) return;
    for (const layer of layers) {
      // What stands around the text that fits: a pattern without anchors would let it pass.
      if ('pattern' in keywordsAt(document, layer) && typeof place.value === 'string') {
        add(place.at, 'more before it', place.put(`x${place.value}`));
        add(place.at, 'more after it', place.put(`${place.value}x`));
      }
      const branches = branchesOf(document, layer);
      for (const branch of branches) {
        const fits = schemas.check(branch, place.value).length === 0;
        const inBranch = fits ? place.value : sample(branch);
        if (!fits) add(place.at, describe(inBranch), place.put(inBranch));
        enter({ ...place, schema: branch, value: inBranch });
      }
      if (isRecord(place.value)) varyProperties(place, place.value, layer);
      if (Array.isArray(place.value) && 'items' in keywordsAt(document, layer)) varyItems(place, place.value, layer);
    }
    if (isRecord(place.value)) {
      varyUnknown(place, place.value, layers);
      add(place.at, 'unknown property', place.put({ ...place.value, unknown_property: 'text' }));
    }
  };

  const varyProperties = ({ at, put, names }: Place, object: Record<string, unknown>, layer: Pointer): void => {
    for (const [name, property] of propertiesOf(document, layer)) {
      const { [name]: current = missing, ...others } = object;
      const inner = current === missing ? sample(property) : current;
      const place = at === '' ? name : `${at}.${name}`;
      add(place, 'missing', put(others));
      // No value in the label, so that a reworded example changes no verdict.
      add(place, 'set', put({ ...object, [name]: inner }));
      enter({
        schema: property,
        value: inner,
        at: place,
        names,
        put: (changed) => put({ ...object, [name]: changed }),
      });
    }
  };

  /** The values of a map, whose names are anybody's. */
  const varyUnknown = ({ at, put, names }: Place, object: Record<string, unknown>, layers: Pointer[]): void => {
    for (const layer of layers.filter((one) => isRecord(keywordsAt(document, one)['additionalProperties']))) {
      const schema = [...layer, 'additionalProperties'];
      const changed = (value: unknown): unknown => put({ ...object, unknown_property: value });
      enter({ schema, value: sample(schema), at: `${at}.*`, names, put: changed });
    }
  };

  const varyItems = ({ at, put, names }: Place, list: unknown[], layer: Pointer): void => {
    const items = [...layer, 'items'];
    const rest = list.slice(1);
    enter({
      schema: items,
      value: list.length > 0 ? list[0] : sample(items),
      at: `${at}[]`,
      names,
      put: (changed) => put([changed, ...rest]),
    });
  };

  /** Goes into a place, unless its schema is one that we are already inside of: some contain themselves. */
  const enter = (place: Place): void => {
    const own = namesOf(document, place.schema);
    if (own.some((name) => place.names.includes(name))) return;
    const depths = place.names.length > 0 ? own.map(goInto) : [];
    if (depths.includes('not')) return;
    vary({ ...place, names: [...place.names, ...own] }, depths.includes('shallow'));
  };

  enter({ schema, value, at: '', names: [], put: (changed) => changed });
  return [...found.values()];
}

interface Place {
  schema: Pointer;
  /** A valid value of the schema. */
  value: unknown;
  at: string;
  /** The named schemas on the way here. */
  names: string[];
  /** The whole value with another value in this place. */
  put: (changed: unknown) => unknown;
}

/** Values on and just beyond what the keywords of one schema allow. */
function boundaryValues(keywords: Record<string, unknown>): unknown[] {
  const values: unknown[] = [];
  if ('const' in keywords) values.push(keywords['const'], 'unknown value');
  if (Array.isArray(keywords['enum'])) values.push(...keywords['enum'], 'unknown value');
  if (typeof keywords['minLength'] === 'number') {
    values.push('x'.repeat(keywords['minLength']), 'x'.repeat(Math.max(0, keywords['minLength'] - 1)));
  }
  if (typeof keywords['maxLength'] === 'number') {
    values.push('x'.repeat(keywords['maxLength']), 'x'.repeat(keywords['maxLength'] + 1));
  }
  for (const [keyword, step] of [
    ['minimum', -1],
    ['maximum', 1],
    ['exclusiveMinimum', 1],
    ['exclusiveMaximum', -1],
  ] as const) {
    const bound = keywords[keyword];
    if (typeof bound === 'number') values.push(bound, bound + step);
  }
  if ('pattern' in keywords || 'format' in keywords) values.push('2024-07-08', '2024-07-08T22:40:35', '2024-13-99');
  if (typeof keywords['minItems'] === 'number')
    values.push(Array.from({ length: keywords['minItems'] - 1 }, () => 'text'));
  if (keywords['uniqueItems'] === true) values.push(['text', 'text']);
  return values;
}

/** A short name of a value, the same each time. */
function describe(value: unknown): string {
  if (typeof value === 'string' && value.length > 40) return `a string of ${value.length}`;
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${Array.isArray(value) ? 'a list' : 'an object'} of ${text.length} characters`;
}
