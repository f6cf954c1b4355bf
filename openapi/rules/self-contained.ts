import type { Schema } from '../src/document.ts';
import { isNode, type Location, type Resolve } from './redocly-types.ts';

/** A schema that is spread over files, brought together for a validator. */
export interface SelfContained {
  schema: Schema;
  /** What the references of `schema` point into. */
  definitions: { $defs: Record<string, unknown> };
}

/** Copies a schema and all that it refers to, over all files; each `$ref` becomes one into `$defs`. */
export function selfContained(schema: unknown, location: Location, resolve: Resolve): SelfContained {
  const $defs: Record<string, unknown> = { unresolved: true };
  const names = new Map<string, string>();
  const copied = copy(schema, location);
  return { schema: isNode(copied) ? copied : {}, definitions: { $defs } };

  function copy(value: unknown, place: Location): unknown {
    if (Array.isArray(value)) return value.map((item) => copy(item, place));
    if (!isNode(value)) return value;
    const entries = Object.entries(value).map(([key, child]) => [key, copy(child, place)] as const);
    const copied = Object.fromEntries(entries);
    return typeof value.$ref === 'string' ? { ...copied, $ref: define(value.$ref, place) } : copied;
  }

  function define($ref: string, place: Location): string {
    const target = resolve({ $ref }, place.source.absoluteRef);
    if (!target.location || target.node === undefined) return '#/$defs/unresolved'; // Redocly reports it
    const known = names.get(target.location.absolutePointer);
    if (known) return known;
    const name = String(names.size);
    names.set(target.location.absolutePointer, `#/$defs/${name}`);
    $defs[name] = true; // its place, while it is being copied
    $defs[name] = copy(target.node, target.location);
    return `#/$defs/${name}`;
  }
}
