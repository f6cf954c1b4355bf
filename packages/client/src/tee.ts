/** Splits an iterator in two. Whichever of them is ahead reads on; the other holds what it has not read yet. */
export function tee<T>(iterator: AsyncIterator<T, undefined>): [AsyncIterator<T>, AsyncIterator<T>] {
  const queues = new Set<Promise<IteratorResult<T, undefined>>[]>();
  const createBranch = (): AsyncIterator<T, undefined> => {
    const queue: Promise<IteratorResult<T, undefined>>[] = [];
    queues.add(queue);
    return {
      next() {
        if (queue.length === 0) {
          const result = iterator.next();
          // Each branch gets a failure when it has read what came before; until then it is not unhandled.
          result.catch(() => {});
          for (const each of queues) each.push(result);
        }
        return queue.shift() as Promise<IteratorResult<T, undefined>>;
      },
      async return() {
        queues.delete(queue);
        if (queues.size === 0) await iterator.return?.();
        return { done: true, value: undefined };
      },
    };
  };
  return [createBranch(), createBranch()];
}
