/** Compares what two alternatives of one type say of bounds, formats and other conditions. */
import { asObject, asText, isEqual, stableStringify } from '../json.ts';
import { show } from './finding.ts';
import type { Alternative, Conjunction } from './shape.ts';
import { valuesOf } from './shape.ts';

export interface ConstraintChange {
  keyword: string;
  effect: 'narrowed' | 'widened' | 'changed';
  message: string;
  pointer: string | undefined;
}

/** Keywords with a number: the neutral value says nothing; a `lower` bound is stricter the higher it is. */
const bounds: Record<string, { lower: boolean; neutral: number }> = {
  minLength: { lower: true, neutral: 0 },
  maxLength: { lower: false, neutral: Infinity },
  minItems: { lower: true, neutral: 0 },
  maxItems: { lower: false, neutral: Infinity },
  minProperties: { lower: true, neutral: 0 },
  maxProperties: { lower: false, neutral: Infinity },
};

const boundsOf: Record<Alternative['type'], string[]> = {
  null: [],
  boolean: [],
  number: [],
  string: ['minLength', 'maxLength'],
  array: ['minItems', 'maxItems'],
  object: ['minProperties', 'maxProperties'],
};

/** A format on the left takes in the one on the right. */
const widerFormats: Record<string, string[]> = {
  int64: ['int32', 'int16', 'int8', 'uint8', 'uint16', 'uint32'],
  int32: ['int16', 'int8', 'uint8', 'uint16'],
  double: ['float'],
  'date-time': [],
  'idn-email': ['email'],
  'idn-hostname': ['hostname'],
  iri: ['uri'],
  'iri-reference': ['uri-reference', 'uri', 'iri'],
  'uri-reference': ['uri'],
};

/** Formats that are a hint for forms, or have a keyword of their own since 3.1. */
const mereHints = new Set(['password', 'binary', 'byte']);

export function compareConstraints(base: Alternative, revision: Alternative): ConstraintChange[] {
  const changes: (ConstraintChange | undefined)[] = boundsOf[base.type].map((keyword) =>
    compareBound(base.nodes, revision.nodes, keyword),
  );
  if (base.type === 'number') changes.push(...compareNumbers(base, revision));
  if (base.type === 'string') {
    changes.push(compareSets(base.nodes, revision.nodes, 'pattern'));
    changes.push(compareContent(base.nodes, revision.nodes, 'contentMediaType'));
    changes.push(compareContent(base.nodes, revision.nodes, 'contentEncoding'));
  }
  if (base.type === 'array') changes.push(compareFlag(base.nodes, revision.nodes, 'uniqueItems'));
  if (base.type === 'number' || base.type === 'string') changes.push(compareFormat(base.nodes, revision.nodes));
  return changes.filter((change) => change !== undefined);
}

function compareBound(base: Conjunction, revision: Conjunction, keyword: string): ConstraintChange | undefined {
  const bound = bounds[keyword];
  if (!bound) return undefined;
  const { lower, neutral } = bound;
  const strictest = (nodes: Conjunction) => {
    const values = valuesOf(nodes, keyword).map(({ value }) => Number(value));
    return lower ? Math.max(neutral, ...values) : Math.min(neutral, ...values);
  };
  return compareLimit(keyword, lower, strictest(base), strictest(revision), revision, base);
}

function compareLimit(
  keyword: string,
  lower: boolean,
  before: number,
  after: number,
  revision: Conjunction,
  base: Conjunction,
): ConstraintChange | undefined {
  if (before === after) return undefined;
  const narrowed = lower ? after > before : after < before;
  const message = `${quoteKeyword(keyword)} ${fromTo(limit(before, keyword), limit(after, keyword))}`;
  return {
    keyword,
    effect: narrowed ? 'narrowed' : 'widened',
    message,
    pointer: pointerOfKeyword(keyword, revision, base),
  };
}

function limit(value: number, keyword: string): unknown {
  const neutral = bounds[keyword]?.neutral;
  return value === neutral || !Number.isFinite(value) ? undefined : value;
}

function compareNumbers(base: Alternative, revision: Alternative): (ConstraintChange | undefined)[] {
  const changes: (ConstraintChange | undefined)[] = [];
  if (base.integer !== revision.integer) {
    const effect = revision.integer ? 'narrowed' : 'widened';
    const message = revision.integer ? 'only whole numbers remain' : 'the number may have a fraction';
    changes.push({ keyword: 'type', effect, message, pointer: pointerOfKeyword('type', revision.nodes, base.nodes) });
  }
  for (const lower of [true, false]) {
    const [before, after] = [numberLimit(base, lower), numberLimit(revision, lower)];
    if (before.value === after.value && before.exclusive === after.exclusive) continue;
    const stricter = lower ? after.value > before.value : after.value < before.value;
    const narrowed = before.value === after.value ? after.exclusive : stricter;
    const words = ({ value, exclusive }: NumberLimit) => {
      if (!Number.isFinite(value)) return undefined;
      return exclusive ? `${lower ? 'above' : 'below'} ${value}` : value;
    };
    const keyword = lower ? 'minimum' : 'maximum';
    const message = `${quoteKeyword(keyword)} ${fromTo(words(before), words(after))}`;
    const pointer =
      pointerOfKeyword(keyword, revision.nodes, base.nodes) ??
      pointerOfKeyword(lower ? 'exclusiveMinimum' : 'exclusiveMaximum', revision.nodes, base.nodes);
    changes.push({ keyword, effect: narrowed ? 'narrowed' : 'widened', message, pointer });
  }
  changes.push(compareMultiples(base, revision));
  return changes;
}

interface NumberLimit {
  value: number;
  exclusive: boolean;
}

/** The strictest of `minimum` and `exclusiveMinimum` (or of the maxima), in the 3.0 form with booleans too. */
function numberLimit({ nodes, integer }: Alternative, lower: boolean): NumberLimit {
  let result: NumberLimit = { value: lower ? -Infinity : Infinity, exclusive: false };
  const take = (value: unknown, exclusive: boolean) => {
    if (typeof value !== 'number') return;
    const stricter = lower ? value > result.value : value < result.value;
    if (stricter || (value === result.value && exclusive)) result = { value, exclusive };
  };
  for (const node of nodes) {
    const schema = asObject(node.value);
    const exclusive = schema[lower ? 'exclusiveMinimum' : 'exclusiveMaximum'];
    take(schema[lower ? 'minimum' : 'maximum'], exclusive === true);
    take(exclusive, true);
  }
  if (!integer || !Number.isFinite(result.value)) return result;
  // Above 0 and at least 1 are the same for whole numbers.
  const step = lower ? 1 : -1;
  const rounded = lower ? Math.ceil(result.value) : Math.floor(result.value);
  return { value: result.exclusive && rounded === result.value ? rounded + step : rounded, exclusive: false };
}

function compareMultiples(base: Alternative, revision: Alternative): ConstraintChange | undefined {
  const multiples = ({ nodes, integer }: Alternative) =>
    valuesOf(nodes, 'multipleOf')
      .map(({ value }) => Number(value))
      .filter((value) => !(integer && value === 1));
  const [before, after] = [multiples(base), multiples(revision)];
  if (isEqual(before, after)) return undefined;
  const covers = (loose: number[], strict: number[]) =>
    loose.every((a) => strict.some((b) => Number.isInteger(Number((b / a).toPrecision(12)))));
  const effect = covers(before, after) ? 'narrowed' : covers(after, before) ? 'widened' : 'changed';
  const message = `\`multipleOf\` ${fromTo(before[0], after[0])}`;
  return {
    keyword: 'multipleOf',
    effect,
    message,
    pointer: pointerOfKeyword('multipleOf', revision.nodes, base.nodes),
  };
}

function compareSets(base: Conjunction, revision: Conjunction, keyword: string): ConstraintChange | undefined {
  const all = (nodes: Conjunction) => new Set(valuesOf(nodes, keyword).map(({ value }) => stableStringify(value)));
  const [before, after] = [all(base), all(revision)];
  const added = after.difference(before).size > 0;
  const removed = before.difference(after).size > 0;
  if (!added && !removed) return undefined;
  const effect = added && removed ? 'changed' : added ? 'narrowed' : 'widened';
  const first = (nodes: Conjunction) => valuesOf(nodes, keyword)[0]?.value;
  const message = `${quoteKeyword(keyword)} ${fromTo(first(base), first(revision))}`;
  return { keyword, effect, message, pointer: pointerOfKeyword(keyword, revision, base) };
}

function compareContent(
  base: Conjunction,
  revision: Conjunction,
  keyword: 'contentMediaType' | 'contentEncoding',
): ConstraintChange | undefined {
  const [before, after] = [contentOf(base, keyword), contentOf(revision, keyword)];
  if (before === after) return undefined;
  // A kind of text is one kind of string; another encoding, or none, spells the same value differently.
  const isSpelling = keyword === 'contentEncoding';
  const effect = isSpelling || (before && after) ? 'changed' : before === undefined ? 'narrowed' : 'widened';
  const message = `${quoteKeyword(keyword)} ${fromTo(before, after)}`;
  return { keyword, effect, message, pointer: pointerOfKeyword(keyword, revision, base) };
}

/** The keyword, or what 3.0 said by a format in its place. */
function contentOf(nodes: Conjunction, keyword: 'contentMediaType' | 'contentEncoding'): string | undefined {
  const stated = valuesOf(nodes, keyword)[0]?.value;
  if (stated !== undefined) return asText(stated).toLowerCase();
  const formats = valuesOf(nodes, 'format').map(({ value }) => value);
  if (keyword === 'contentEncoding') return formats.includes('byte') ? 'base64' : undefined;
  return formats.includes('binary') ? 'application/octet-stream' : undefined;
}

function compareFlag(base: Conjunction, revision: Conjunction, keyword: string): ConstraintChange | undefined {
  const isSet = (nodes: Conjunction) => valuesOf(nodes, keyword).some(({ value }) => value === true);
  const [before, after] = [isSet(base), isSet(revision)];
  if (before === after) return undefined;
  const message = `${quoteKeyword(keyword)} ${fromTo(before, after)}`;
  return {
    keyword,
    effect: after ? 'narrowed' : 'widened',
    message,
    pointer: pointerOfKeyword(keyword, revision, base),
  };
}

function compareFormat(base: Conjunction, revision: Conjunction): ConstraintChange | undefined {
  const format = (nodes: Conjunction) =>
    valuesOf(nodes, 'format')
      .map(({ value }) => String(value))
      .find((value) => !mereHints.has(value));
  const [before, after] = [format(base), format(revision)];
  if (before === after) return undefined;
  const message = `\`format\` ${fromTo(before, after)}`;
  const pointer = pointerOfKeyword('format', revision, base);
  const isWider = (wide: string | undefined, narrow: string | undefined) =>
    wide === undefined || (narrow !== undefined && widerFormats[wide]?.includes(narrow) === true);
  const effect = isWider(before, after) ? 'narrowed' : isWider(after, before) ? 'widened' : 'changed';
  return { keyword: 'format', effect, message, pointer };
}

function pointerOfKeyword(keyword: string, ...all: Conjunction[]): string | undefined {
  return all.flatMap((nodes) => valuesOf(nodes, keyword))[0]?.pointer;
}

function fromTo(before: unknown, after: unknown): string {
  if (before === undefined) return `is added: ${show(after)}`;
  if (after === undefined) return `is removed: it was ${show(before)}`;
  return `changes from ${show(before)} to ${show(after)}`;
}

function quoteKeyword(keyword: string): string {
  return `\`${keyword}\``;
}
