/** The value of a JSON text; `undefined` when it is none. The parser's own error quotes the text: it must not be printed. */
export function parseJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver) as unknown;
  } catch {
    return undefined;
  }
}
