/** Lets a promise reject without a handler: the loop that reads the stream gets the same error. */
export function markHandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
