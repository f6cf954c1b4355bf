/** Runs `leave` when a generator is left: its own `return()` and `throw()` would wait for the `next()` that is pending. */
export function leaveAtOnce<T>(
  generator: AsyncGenerator<T, void, undefined>,
  leave: () => void,
): AsyncGenerator<T, void, undefined> {
  const finish = generator.return.bind(generator);
  const leaveNow = (): Promise<IteratorResult<T, void>> => {
    leave();
    return finish();
  };
  return Object.assign(generator, {
    return: leaveNow,
    async throw(error: unknown): Promise<never> {
      await leaveNow();
      throw error;
    },
  });
}
