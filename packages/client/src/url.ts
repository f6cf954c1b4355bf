/**
 * Fills a path template and writes the query, as OpenAPI does by default: path values are encoded (`style: simple`), arrays
 * of the query repeat their key, an object gives each of its properties (`style: form`, `explode: true`). What has no value
 * is left out of the query.
 *
 * @throws what `invalid` makes of a path value that would name another path: none, an empty one, or one of dots.
 */
export function createUrl(
  template: string,
  params: { path?: Record<string, unknown>; query?: Record<string, unknown> },
  invalid: (message: string) => Error,
): string {
  const path = template.replaceAll(/\{(.+?)\}/g, (_, name: string) => {
    const value = `${(params.path?.[name] ?? '') as string | number}`;
    if (/^\.{0,2}$/.test(value)) throw invalid(`\`${name}\` is ${value ? 'no id' : 'missing'}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  append(search, params.query ?? {});
  return `${path}?${search.toString()}`.replace(/\?$/, '');
}

function append(search: URLSearchParams, query: object): void {
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat() as unknown[]) {
      if (item instanceof Date) search.append(name, item.toISOString());
      else if (typeof item === 'object' && item !== null) append(search, item);
      else if (item != null) search.append(name, `${item as string | number}`);
    }
  }
}
