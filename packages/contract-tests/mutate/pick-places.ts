/** Some of the places, spread over all of them; the same each time. */
export function pickPlaces<Place>(places: readonly Place[], count: number): Place[] {
  const step = Math.max(1, places.length / count);
  return Array.from(
    { length: Math.min(count, places.length) },
    (_, index) => places[Math.floor(index * step)] as Place,
  );
}

/** Some of the items, by chance. */
export function pickSome<Item>(items: readonly Item[], count: number, random: () => number): Item[] {
  const left = [...items];
  const picked: Item[] = [];
  while (picked.length < count && left.length > 0) picked.push(...left.splice(Math.floor(random() * left.length), 1));
  return picked;
}
