import type { Document } from '../../src/document.ts';
import { directions } from './directions.ts';
import { readFacts, type Facts } from './read-facts.ts';

/**
 * Compares what two documents say, and returns each difference as a line: `-` for what only the original says, `+` for
 * what only ours says. Of a thing that only one of them knows, the line names the thing alone.
 *
 * A line about a schema or a property ends in where it is sent and, for a property, whether it must be:
 * `+ property ChatResponse.user type null [response, optional]`.
 */
export function compare(original: Document, ours: Document): string[] {
  const before = readFacts(original);
  const after = readFacts(ours);
  const annotate = createAnnotate(original, ours, after);
  return [
    ...[...before].flatMap(([name, facts]) => linesOf('-', name, facts, after).map((line) => annotate(line, name))),
    ...[...after].flatMap(([name, facts]) => linesOf('+', name, facts, before).map((line) => annotate(line, name))),
  ];
}

function linesOf(sign: string, name: string, { parent, sentences }: Facts, others: Map<string, Facts>): string[] {
  const other = others.get(name);
  if (other) {
    const known = new Set(other.sentences);
    return sentences.filter((sentence) => !known.has(sentence)).map((sentence) => `${sign} ${name} ${sentence}`);
  }
  const isPartOfUnknown = parent !== undefined && !others.has(parent);
  return isPartOfUnknown ? [] : [`${sign} ${name}`];
}

function createAnnotate(original: Document, ours: Document, facts: Map<string, Facts>) {
  const originalDirections = directions(original);
  const ourDirections = directions(ours);
  return (line: string, name: string): string => {
    const [kind, path = ''] = name.split(' ');
    const schema = path.split('.')[0] ?? '';
    if (kind !== 'schema' && kind !== 'property') return line;
    const direction = ourDirections.get(schema) ?? originalDirections.get(schema) ?? 'unused';
    if (kind === 'schema') return `${line} [${direction}]`;
    const isRequired = facts.get(name)?.sentences.includes('required');
    return `${line} [${direction}, ${isRequired ? 'required' : 'optional'}]`;
  };
}
