import { asArray, isEqual } from '../json.ts';
import { quote, show, type Place, type Undirected } from './finding.ts';
import type { Kind } from './rules.ts';
import { annotation, type Conjunction } from './shape.ts';

/**
 * Compares what two schemas say beside what is valid: defaults, deprecation, words.
 *
 * @param pointer - of the schema, for what is removed from it.
 */
export function compareAnnotations(
  before: Conjunction,
  after: Conjunction,
  place: Place,
  pointer: string,
): Undirected[] {
  const changes: Undirected[] = [];
  const report = (kind: Kind, at: string, message: string, instead?: string) =>
    changes.push({ kind, pointer: at, message, instead });
  const both = (keyword: string) => [annotation(before, keyword), annotation(after, keyword)] as const;
  const [old, current] = both('deprecated');
  if ((old?.value === true) !== (current?.value === true)) {
    const kind = current?.value === true ? 'deprecated' : 'undeprecated';
    report(
      kind,
      current?.pointer ?? pointer,
      kind === 'deprecated' ? 'it is deprecated' : 'it is no longer deprecated',
    );
  }
  const [was, is] = both('default');
  if (!isEqual(was?.value, is?.value)) {
    const kind = was === undefined ? 'default-added' : 'default-changed';
    const message =
      is === undefined
        ? `the default ${show(was?.value)} is removed`
        : `the default is ${show(is.value)}${was ? `; it was ${show(was.value)}` : ''}`;
    report(
      kind,
      is?.pointer ?? pointer,
      message,
      was === undefined ? undefined : `Send ${show(was.value)} where you relied on the default`,
    );
  }
  const words = ['title', 'description', 'examples', 'example', 'externalDocs', ...(place.xml ? [] : ['xml'])];
  for (const keyword of words) {
    const [left, right] = both(keyword);
    if (isEqual(left?.value, right?.value)) continue;
    // `example` of 3.0 and `examples` of later versions say the same.
    if (keyword.startsWith('example') && isEqual(examplesOf(before), examplesOf(after))) continue;
    report('words-changed', right?.pointer ?? left?.pointer ?? pointer, `${quote(keyword)} changes`);
  }
  return changes;
}

function examplesOf(nodes: Conjunction): unknown[] {
  const single = annotation(nodes, 'example');
  return [...asArray(annotation(nodes, 'examples')?.value), ...(single ? [single.value] : [])];
}
