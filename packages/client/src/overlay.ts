type Layer<T> = { [K in keyof T]?: T[K] | undefined };

/** Merges objects; what is `undefined` does not stand above what is not. */
export function overlay<T extends object>(...layers: (Layer<T> | undefined)[]): T {
  const entries = layers.flatMap((layer) => Object.entries(layer ?? {}));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T;
}
