/** One result, and a way to the next. */
interface Link<T> {
  readonly result?: Promise<IteratorResult<T, undefined>>;
  next?: Link<T>;
}

/** Splits an iterator in two. Whichever of them is ahead reads on; the other holds what it has not read yet. */
export function tee<T>(iterator: AsyncIterator<T, undefined>): [AsyncIterator<T>, AsyncIterator<T>] {
  let open = 2;
  const createBranch = (at: Link<T>): AsyncIterator<T, undefined> => ({
    next() {
      if (!at.next) {
        at.next = { result: iterator.next() };
        // Each branch gets a failure when it has read what came before; until then it is not unhandled.
        at.next.result?.catch(() => {});
      }
      at = at.next;
      return at.result as Promise<IteratorResult<T, undefined>>;
    },
    async return() {
      // What only this branch would have read is let go.
      at = {};
      if (--open === 0) await iterator.return?.();
      return { done: true, value: undefined };
    },
  });
  // A list of links and not an array: taking the first of many thousands out of an array moves all of them.
  const start: Link<T> = {};
  return [createBranch(start), createBranch(start)];
}
