import { escapeToken, isObject } from './json.ts';

/** Every `$ref` with its place, except in examples and other plain values. */
export function* references(value: unknown, pointer = ''): Generator<{ reference: string; pointer: string }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* references(item, `${pointer}/${index}`);
  }
  for (const [key, inner] of isObject(value) ? Object.entries(value) : []) {
    const isSchemaNamed = /\/(properties|patternProperties|schemas|\$defs|headers|responses|parameters)$/.test(pointer);
    if (!isSchemaNamed && ['example', 'examples', 'default', 'enum', 'const', 'value', 'dataValue'].includes(key))
      continue;
    if (key === '$ref' && typeof inner === 'string' && !isSchemaNamed) yield { reference: inner, pointer };
    else yield* references(inner, `${pointer}/${escapeToken(key)}`);
  }
}
