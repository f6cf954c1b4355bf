/**
 * Writes query parameters as OpenAPI does by default (`style: form`, `explode: true`): an array repeats its key, an
 * object gives each of its properties as a parameter of its own, and what has no value is left out.
 *
 * openapi-fetch's own serializer does not encode names, and the names of log filters are the caller's.
 */
export function serializeQuery(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  append(search, query);
  return search.toString();
}

function append(search: URLSearchParams, query: object): void {
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item instanceof Date) search.append(name, item.toISOString());
      else if (typeof item === 'object' && item !== null) append(search, item as object);
      else if (item != null) search.append(name, String(item));
    }
  }
}
