/**
 * Divides the text of an event stream into its events: each with the blank line that ends it, so that joined they are
 * the text again. A comment that a blank line follows is a block, too, and so is an unfinished event at the end.
 */
export function splitEvents(text: string): string[] {
  return text.match(/[^]*?(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))|[^]+$/g) ?? [];
}

/** Whether a block has data, so that a reader sees an event. */
export function hasData(block: string): boolean {
  return /(?:^|[\r\n])data(?::|[\r\n]|$)/.test(block.replace(/^\uFEFF/, ''));
}
