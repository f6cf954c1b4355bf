import { isMap, isSeq, parseDocument, type YAMLMap, type Pair } from 'yaml';
import { pointerTokens } from '../json.ts';

/**
 * Removes a property from a JSON text, and leaves all else as it is written.
 *
 * @param pointer - JSON pointer to the property.
 */
export function removeProperty(text: string, pointer: string): string {
  const { map, name } = find(text, pointer);
  const at = map?.items.findIndex((pair) => keyOf(pair) === name) ?? -1;
  if (!map || at < 0) return text;
  const [mapStart = 0, mapEnd = 0] = map.range ?? [];
  if (map.items.length === 1) return `${text.slice(0, mapStart)}{}${text.slice(mapEnd)}`;
  const [before, pair, after] = [map.items[at - 1], map.items[at], map.items[at + 1]];
  // The comma goes with it.
  if (before && pair) return text.slice(0, endOf(before)) + text.slice(endOf(pair));
  return pair && after ? text.slice(0, startOf(pair)) + text.slice(startOf(after)) : text;
}

/** Adds a property that is null at the end of its object, on a line of its own where the others have one. */
export function addNull(text: string, pointer: string): string {
  const { map, name } = find(text, pointer);
  const [first] = map?.items ?? [];
  const last = map?.items.at(-1);
  if (!map || !first || !last) return text;
  const lead = /\n[ \t]*$/.exec(text.slice(map.range?.[0] ?? 0, startOf(first)))?.[0] ?? ' ';
  return `${text.slice(0, endOf(last))},${lead}${JSON.stringify(name)}: null${text.slice(endOf(last))}`;
}

function find(text: string, pointer: string): { map: YAMLMap | undefined; name: string } {
  const tokens = pointerTokens(pointer);
  const name = tokens.pop() ?? '';
  // JSON is YAML, and this parser knows where each value stands.
  let node: unknown = parseDocument(text).contents;
  for (const token of tokens)
    node = isMap(node) ? node.get(token, true) : isSeq(node) ? node.get(Number(token), true) : null;
  return { map: isMap(node) ? node : undefined, name };
}

function keyOf({ key }: Pair): string {
  return String((key as { value?: unknown }).value);
}

function startOf({ key }: Pair): number {
  return (key as { range: [number, number, number] }).range[0];
}

function endOf({ value }: Pair): number {
  return (value as { range: [number, number, number] }).range[1];
}
