/** Where a loop reads, it gets the error as well: who waits for something else of the stream need not catch it twice. */
export function markHandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
