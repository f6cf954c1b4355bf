/** The value of a JSON text; `undefined` when it is none. The parser's own error quotes the text: it must not be printed. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
