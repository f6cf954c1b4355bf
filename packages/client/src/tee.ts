import { createCall, type Call, NO_TIMEOUTS } from './call.ts';
import type { EventSource } from './event-source.ts';
import { addEvent, createProgress, type Envelope } from './progress.ts';

interface Branch<T> {
  readonly source: EventSource<T>;
  readonly call: Call;
}

/** Splits a stream into two sources. Whichever of them is ahead reads on; the other holds what it has not read yet. */
export function tee<T>(
  iterator: AsyncIterator<T, undefined>,
  parent: Call,
  samples: number | undefined,
): [Branch<T>, Branch<T>] {
  const queues: (T[] | undefined)[] = [[], []];
  let ended = false;
  let failure: unknown;
  let pulling: Promise<void> | undefined;
  const pullOne = async (): Promise<void> => {
    try {
      const { done, value } = await iterator.next();
      if (done) ended = true;
      else for (const queue of queues) queue?.push(value);
    } catch (error) {
      // Each branch gets it when it has read what came before.
      failure = error;
    }
  };
  const pull = (): Promise<void> => (pulling ??= pullOne().finally(() => (pulling = undefined)));

  const createBranch = (index: number): Branch<T> => {
    const call = Object.assign(createCall(parent.label, NO_TIMEOUTS), {
      requestId: parent.requestId,
      phase: parent.phase,
    });
    const progress = createProgress(samples);
    let next = 0;
    const take = (): T | undefined => {
      if (call.error) throw call.error;
      const event = queues[index]?.[next++];
      if (event !== undefined) {
        addEvent(progress, event as Envelope);
        return event;
      }
      next = 0;
      queues[index] = [];
      if (failure) throw failure;
      return undefined;
    };
    const read = async <R>(deliver: (event: T | undefined) => R, fail: (error: unknown) => Promise<R>): Promise<R> => {
      try {
        await (ended ? undefined : call.race(pull()));
        return deliver(take());
      } catch (error) {
        return fail(error);
      }
    };
    const close = async (): Promise<void> => {
      queues[index] = undefined;
      if (!queues.some(Boolean)) await iterator.return?.();
    };
    return { source: { progress, take, read, close }, call };
  };
  return [createBranch(0), createBranch(1)];
}
