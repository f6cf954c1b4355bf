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

/** The same for a text that comes in pieces: each event as soon as its blank line is there. */
export async function* splitEventsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const piece of pieces) {
    const blocks = splitEvents(rest + decoder.decode(piece, { stream: true }));
    rest = blocks.pop() ?? '';
    yield* blocks;
    // A CR at the end may be the first half of CRLF.
    if (/(?:\r\n|\n|\r)\n$/.test(rest)) {
      yield rest;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
