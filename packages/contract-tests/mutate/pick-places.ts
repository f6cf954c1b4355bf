/** Some of the places, spread over all of them; the same each time. */
export function pickPlaces<Place>(places: Place[], count: number): Place[] {
  const step = Math.max(1, places.length / count);
  return Array.from(
    { length: Math.min(count, places.length) },
    (_, index) => places[Math.floor(index * step)] as Place,
  );
}
