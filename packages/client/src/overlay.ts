type Layer<T> = { [K in keyof T]?: T[K] | undefined };

/** Merges objects, later ones over earlier; `undefined` replaces nothing. */
export function overlay<T extends object>(...layers: (Layer<T> | undefined)[]): T {
  const entries = layers.flatMap((layer) => Object.entries(layer ?? {}));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T;
}
