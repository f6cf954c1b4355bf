import { upgrade as scalarUpgrade } from '@scalar/openapi-upgrader';
import { isObject, type JsonObject } from '../json.ts';

/** Brings an OpenAPI document of any 3.x to 3.2. The argument is not changed. */
export function upgradeTo32(document: JsonObject): JsonObject {
  if (String(document['openapi']).startsWith('3.2')) return document;
  const prepared = spellOutNullable(structuredClone(document)) as JsonObject;
  const upgraded = scalarUpgrade(prepared, '3.2') as unknown as JsonObject;
  return { ...(restoreDerived(upgraded) as JsonObject), openapi: '3.2.0' };
}

/** Takes back what our own 3.1 form had to leave out, see openapi/src/derive-3-1.ts. */
function restoreDerived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restoreDerived);
  if (!isObject(value)) return value;
  const restored = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, restoreDerived(inner)]));
  if (restored['x-item-schema'] !== undefined) {
    restored['itemSchema'] = restored['x-item-schema'];
    delete restored['schema'];
    delete restored['x-item-schema'];
  }
  if (restored['x-default-mapping'] !== undefined) {
    restored['defaultMapping'] = restored['x-default-mapping'];
    delete restored['x-default-mapping'];
  }
  return restored;
}

/** `nullable` without a `type` beside it becomes a choice; the upgrader leaves it as it is, which means nothing in 3.1. */
function spellOutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spellOutNullable);
  if (!isObject(value)) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spellOutNullable(inner)]));
  // A property may be called `nullable`; then it is a schema.
  if (schema['nullable'] !== true || schema['type'] !== undefined) return schema;
  const isWord = (key: string) => ['title', 'description', 'default', 'deprecated', 'example'].includes(key);
  const entries = Object.entries(schema).filter(([key]) => key !== 'nullable');
  const rest = Object.fromEntries(entries.filter(([key]) => !isWord(key)));
  return {
    ...Object.fromEntries(entries.filter(([key]) => isWord(key))),
    anyOf: [
      ...(Array.isArray(rest['anyOf']) && Object.keys(rest).length === 1 ? rest['anyOf'] : [rest]),
      { type: 'null' },
    ],
  };
}
