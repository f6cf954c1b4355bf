import { isMap, isScalar, parseDocument, Document, visit, type Pair, type YAMLMap } from 'yaml';
import { isEqual, isObject, type JsonObject } from '../json.ts';

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Thrown where a mapping cannot be changed in place; the entry that holds it is written anew. */
class NotInPlace extends Error {}

/**
 * Changes a YAML text so that it means another value, and leaves every line alone that need not change, with its
 * comments and its way of writing.
 */
export function editYaml(text: string, value: JsonObject): string {
  const document = parseDocument(text, { merge: true });
  const root: unknown = document.contents;
  const old: unknown = document.toJS();
  if (!isMap(root) || !isObject(old)) return printYaml(value);
  const edits: Edit[] = [];
  try {
    editMap(text, root, old, value, 0, edits);
  } catch (error) {
    if (error instanceof NotInPlace) return printYaml(value);
    throw error;
  }
  const edited = edits
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce((result, { start, end, text: inserted }) => result.slice(0, start) + inserted + result.slice(end), text);
  // Better written anew than wrong.
  if (!isEqual(parseDocument(edited, { merge: true }).toJS(), value)) return printYaml(value);
  if (!isEqual(parseDocument(edited, { merge: true }).toJS(), value)) return printYaml(value);
  return edited;
}

function editMap(text: string, map: YAMLMap, old: JsonObject, value: JsonObject, indent: number, edits: Edit[]): void {
  if (map.flow === true || map.anchor !== undefined) throw new NotInPlace();
  const pairs = map.items.map((pair) => ({ key: keyOf(pair), pair }));
  if (pairs.some(({ key }) => key === '<<' || key === undefined)) throw new NotInPlace();
  for (const { key = '', pair } of pairs) {
    const range = linesOf(text, pair);
    if (!(key in value)) edits.push({ ...range, text: '' });
    else if (!isEqual(old[key], value[key]))
      edits.push(...changePair(text, pair, key, old[key], value[key], indent, range));
  }
  const known = new Set(pairs.map(({ key }) => key));
  let position = pairs[0] ? linesOf(text, pairs[0].pair).start : text.length;
  for (const [key, inner] of Object.entries(value)) {
    const sibling = pairs.find((candidate) => candidate.key === key);
    if (sibling) position = linesOf(text, sibling.pair).end;
    if (!known.has(key)) edits.push({ start: position, end: position, text: printPair(key, inner, indent) });
  }
}

function changePair(
  text: string,
  pair: Pair,
  key: string,
  old: unknown,
  value: unknown,
  indent: number,
  range: { start: number; end: number },
): Edit[] {
  if (isMap(pair.value) && isObject(old) && isObject(value) && Object.keys(value).length > 0) {
    const inner: Edit[] = [];
    try {
      editMap(text, pair.value, old, value, indent + 2, inner);
      return inner;
    } catch (error) {
      if (!(error instanceof NotInPlace)) throw error;
    }
  }
  return [{ ...range, text: printPair(key, value, indent) }];
}

function keyOf({ key }: Pair): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

/** The whole lines of an entry, with neither the blank lines nor the comments after it. */
function linesOf(text: string, pair: Pair): { start: number; end: number } {
  const { range: keyRange } = pair.key as { range: [number, number, number] };
  const valueRange = (pair.value as { range?: [number, number, number] } | null)?.range ?? keyRange;
  const start = text.lastIndexOf('\n', keyRange[0] - 1) + 1;
  const lastCharacter = Math.max(valueRange[1] - 1, keyRange[1] - 1);
  const trimmed = start + text.slice(start, lastCharacter + 1).trimEnd().length;
  const end = text.indexOf('\n', trimmed);
  return { start, end: end < 0 ? text.length : end + 1 };
}

function printPair(key: string, value: unknown, indent: number): string {
  const padding = ' '.repeat(indent);
  return printYaml({ [key]: value }, 120 - indent)
    .split('\n')
    .map((line) => (line === '' ? line : padding + line))
    .join('\n');
}

/** YAML in the style of our document: blocks, with short lists of plain values on one line. */
export function printYaml(value: JsonObject, lineWidth = 120): string {
  // Redocly reads YAML 1.1, where an unquoted date is no string.
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Seq(_, sequence) {
      const short = JSON.stringify(sequence).length < lineWidth - 10;
      if (short && sequence.items.every((item) => isScalar(item))) sequence.flow = true;
    },
    Pair(_, { key, value: text }) {
      if (!isScalar(text) || !isScalar(key) || key.value !== 'description') return;
      const words = String(text.value);
      if (words.includes('\n')) text.type = 'BLOCK_LITERAL';
      else if (words.length > lineWidth - 30) text.type = 'BLOCK_FOLDED';
    },
  });
  return document.toString({ lineWidth, singleQuote: true, flowCollectionPadding: false, blockQuote: 'folded' });
}
