import { asArray, asObject, asText, isEqual, isObject } from '../json.ts';
import { child, type Located } from '../spec-document.ts';
import { quote, show, type Undirected } from './finding.ts';
import { objectShape, valuesOf, type Conjunction, type Shapes } from './shape.ts';

/** How one part of a form is written, before and after. */
export interface PartPair {
  /** For people: `the part \`file\``. */
  name: string;
  before: Encoding;
  after: Encoding;
}

interface Encoding {
  located: Located;
  /** What the part holds; it decides the content type where none is given. */
  schema: Conjunction;
  shapes: Shapes;
}

interface MediaType {
  located: Located;
  shapes: Shapes;
}

/** The parts of two forms of one media type, paired. Encodings of other media types, and of no part, count nothing. */
export function partPairs(mediaType: string, before: MediaType, after: MediaType): PartPair[] {
  if (!/^(multipart\/|application\/x-www-form-urlencoded)/.test(mediaType)) return [];
  const both = [before, after] as const;
  const pairs: PartPair[] = [];
  const add = (name: string, [left, right]: Encoding[]) => {
    if (left && right) pairs.push({ name, before: left, after: right });
  };
  const names = new Set(both.flatMap(({ located }) => Object.keys(asObject(child(located, 'encoding').value))));
  for (const name of names) {
    const parts = both.map(({ located, shapes }): Encoding => {
      const schema = part(child(located, 'schema'));
      const properties = shapes.of(schema).alternatives.flatMap(({ type, nodes }) => {
        return type === 'object' ? (objectShape(nodes).properties.get(name) ?? []) : [];
      });
      return { located: child(located, 'encoding', name), schema: properties, shapes };
    });
    if (parts.some(({ schema }) => schema.length > 0)) add(`the part ${quote(name)}`, parts);
  }
  const items = (keyword: 'itemEncoding' | 'prefixEncoding', index?: number) =>
    both.map(({ located, shapes }): Encoding => {
      const at = index === undefined ? child(located, keyword) : child(located, keyword, index);
      const place = index === undefined ? ['items'] : ['prefixItems', index];
      return {
        located: at,
        schema: [...part(child(located, 'itemSchema')), ...part(child(located, 'schema', ...place))],
        shapes,
      };
    });
  add('each part', items('itemEncoding'));
  const count = Math.max(...both.map(({ located }) => asArray(child(located, 'prefixEncoding').value).length));
  for (let index = 0; index < count; index += 1) add(`the part ${index}`, items('prefixEncoding', index));
  return pairs;
}

/** Compares content type and spelling of a part; its headers are compared as others are. */
export function compareEncoding({ name, before, after }: PartPair): Undirected[] {
  const changes: Undirected[] = [];
  const { pointer } = after.located;
  const [spelling, newSpelling] = [spellingOf(before), spellingOf(after)];
  if (!isEqual(spelling, newSpelling)) {
    changes.push({ kind: 'encoding-changed', pointer, message: `${name} is written differently` });
    return changes;
  }
  const [types, newTypes] = [contentTypesOf(before), contentTypesOf(after)];
  const [lost, gained] = [
    types.filter((type) => !covers(newTypes, type)),
    newTypes.filter((type) => !covers(types, type)),
  ];
  if (lost.length + gained.length === 0) return changes;
  const kind =
    lost.length === 0 ? 'constraint-loosened' : gained.length === 0 ? 'constraint-tightened' : 'encoding-changed';
  const message = `the content type of ${name} changes from ${show(types.join(', '))} to ${show(newTypes.join(', '))}`;
  changes.push({ kind, pointer, message });
  return changes;
}

function part(located: Located): Conjunction {
  return located.value === undefined ? [] : [located];
}

/** `style` and what goes with it; with one of them, `contentType` counts nothing. */
function spellingOf({ located }: Encoding): object | undefined {
  const { style, explode, allowReserved } = asObject(located.value);
  if (style === undefined && explode === undefined && allowReserved === undefined) return undefined;
  const name = style ?? 'form';
  return { style: name, explode: explode ?? name === 'form', allowReserved: allowReserved === true };
}

function contentTypesOf({ located, schema, shapes }: Encoding): string[] {
  const { contentType } = asObject(located.value);
  if (contentType === undefined) return [defaultContentType(schema, shapes)];
  return asText(contentType)
    .split(',')
    .map((type) => type.trim().toLowerCase());
}

/** @see https://spec.openapis.org/oas/v3.2.0.html#encoding-object, the table of default values of `contentType` */
function defaultContentType(schema: Conjunction, shapes: Shapes): string {
  const described = shapes.of(schema);
  const alternative = described.alternatives.find(({ type }) => type !== 'null');
  if (described.anything || !alternative) return 'application/octet-stream';
  if (alternative.type === 'object') return 'application/json';
  if (alternative.type === 'array') {
    const items = valuesOf(alternative.nodes, 'items').filter(({ value }) => isObject(value));
    return items.length > 0 ? defaultContentType(items, shapes) : 'application/json';
  }
  const isBytes =
    valuesOf(alternative.nodes, 'contentEncoding').length > 0 ||
    valuesOf(alternative.nodes, 'format').some(({ value }) => value === 'binary' || value === 'byte');
  return isBytes ? 'application/octet-stream' : 'text/plain';
}

function covers(types: string[], type: string): boolean {
  return types.some((other) => other === type || other === '*/*' || other === `${type.split('/')[0]}/*`);
}
