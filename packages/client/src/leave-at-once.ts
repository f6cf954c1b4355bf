/** Runs `leave` when a generator is left: its own `return()` would wait for the `next()` that is pending. */
export function leaveAtOnce<T>(
  generator: AsyncGenerator<T, void, undefined>,
  leave: () => void,
): AsyncGenerator<T, void, undefined> {
  const finish = generator.return.bind(generator);
  return Object.assign(generator, {
    return(): Promise<IteratorResult<T, void>> {
      leave();
      return finish();
    },
  });
}
