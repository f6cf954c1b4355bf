import { isRecord } from './document.ts';

/** A place in a document: the names on the way to it. `['components', 'schemas', 'ChatResponse']` */
export type Pointer = readonly string[];

/** Writes a pointer as the fragment of a `$ref` (RFC 6901, section 6): `#/paths/~1chat/post`. */
export function toFragment(pointer: Pointer): string {
  return `#${pointer.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
}

export function fromFragment(fragment: string): Pointer {
  return fragment
    .split('/')
    .slice(1)
    .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a pointer. A `$ref` on the way is followed, one at its end is not: it may have siblings. */
export function valueAt(document: unknown, pointer: Pointer): unknown {
  let value = document;
  for (const [at, name] of pointer.entries()) {
    if (isReference(value)) return valueAt(document, [...fromFragment(value.$ref), ...pointer.slice(at)]);
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
    if (value === undefined) throw new Error(`${toFragment(pointer)} does not exist`);
  }
  return value;
}

/** The value at a pointer and where it is written, after following a `$ref` at its end, as often as needed. */
export function lookUp(document: unknown, pointer: Pointer): { value: unknown; pointer: Pointer } {
  const value = valueAt(document, pointer);
  return isReference(value) ? lookUp(document, fromFragment(value.$ref)) : { value, pointer };
}

export function isReference(value: unknown): value is { $ref: string } {
  return isRecord(value) && typeof value['$ref'] === 'string';
}
