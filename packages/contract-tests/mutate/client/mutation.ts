/** One change of a text that stands once in a file of the client's `src`. */
export interface Edit {
  /** Below `packages/client/src`. */
  file: string;
  /** What is there; any white space fits any other. */
  find: string;
  replace: string;
}

/** One way to break the client, in one place or several, each a mutant of its own. */
export interface ClientMutation {
  name: string;
  edits: Edit[];
}

/** @example mutation('the query is forgotten', ['query.ts', 'return text', "return ''"]) */
export function mutation(name: string, ...edits: [file: string, find: string, replace: string][]): ClientMutation {
  return { name, edits: edits.map(([file, find, replace]) => ({ file, find, replace })) };
}

/**
 * Changes a file's text.
 *
 * @throws {Error} when what is to be changed is not there, or stands there more than once: a mutation that no longer fits
 * must not be taken for one that was noticed.
 */
export function applyEdit(text: string, { file, find, replace }: Edit): { text: string; line: number } {
  const words = find
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll(/[\\^$.*|?+()[\]{}]/g, String.raw`\$&`));
  const matches = [...text.matchAll(new RegExp(words.join(String.raw`\s+`), 'g'))];
  const [match] = matches;
  if (!match || matches.length > 1) {
    throw new Error(`packages/client/src/${file} has ${matches.length} times, in place of once: ${find}`);
  }
  const changed = text.slice(0, match.index) + replace + text.slice(match.index + match[0].length);
  if (changed === text) throw new Error(`The mutation changes nothing: ${find}`);
  return { text: changed, line: text.slice(0, match.index).split('\n').length };
}
