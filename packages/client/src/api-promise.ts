import type { Answer } from './core.ts';
import type { EventStream } from './event-stream.ts';

/** A promise of what was asked for, which also gives the raw answer. */
export interface ApiPromise<T> extends Promise<T> {
  /** Resolves to the data, the raw `Response` and the request id. */
  withResponse(): Promise<Answer<T>>;
}

/** A promise of a stream, which resolves when the headers have come. */
export type StreamPromise<T> = ApiPromise<EventStream<T>>;

export function createApiPromise<T>(answer: Promise<Answer<T>>): ApiPromise<T> {
  const data = answer.then((value) => value.data);
  return Object.assign(data, {
    withResponse() {
      // The caller holds the other promise, and gets the error from that.
      data.catch(() => {});
      return answer;
    },
  });
}
