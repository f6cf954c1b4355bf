import type { Schema } from '../src/document.ts';
import { isNode, type Location, type Resolve } from './redocly-types.ts';

/** Schemas that are spread over files, brought together for a validator. */
export interface SelfContained {
  /** Copies a schema and, once, all that it refers to. Each `$ref` of the copy points into `definitions`. */
  add: (schema: unknown, location: Location, resolve: Resolve) => Schema;
  definitions: { $defs: Record<string, unknown> };
}

export function createSelfContained(): SelfContained {
  const $defs: Record<string, unknown> = { unresolved: true };
  const references = new Map<string, string>();

  return {
    definitions: { $defs },
    add: (schema, location, resolve) => {
      const copied = copy(schema, location.source.absoluteRef, resolve);
      return isNode(copied) ? copied : {};
    },
  };

  function copy(value: unknown, file: string, resolve: Resolve): unknown {
    if (Array.isArray(value)) return value.map((item) => copy(item, file, resolve));
    if (!isNode(value)) return value;
    const entries = Object.entries(value).map(([key, child]) => [key, copy(child, file, resolve)] as const);
    const copied = Object.fromEntries(entries);
    return typeof value.$ref === 'string' ? { ...copied, $ref: define(value.$ref, file, resolve) } : copied;
  }

  function define($ref: string, file: string, resolve: Resolve): string {
    const { node, location } = resolve({ $ref }, file);
    if (!location || node === undefined) return '#/$defs/unresolved'; // Redocly reports it
    const known = references.get(location.absolutePointer);
    if (known) return known;
    const name = String(references.size);
    const reference = `#/$defs/${name}`;
    references.set(location.absolutePointer, reference);
    $defs[name] = copy(node, location.source.absoluteRef, resolve);
    return reference;
  }
}
