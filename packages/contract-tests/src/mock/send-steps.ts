import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Step } from './write-steps.ts';

/**
 * Carries out the steps of an answer on a connection whose head is written or will be by the first write.
 *
 * @param options.delayMs - pause between two writes, or between two events.
 * @param options.onEvents - told how many events each write completed.
 * @returns `finished`; `cut` when a step broke the answer off; `client left` when the client closed before.
 */
export async function sendSteps(
  response: ServerResponse,
  steps: AsyncIterable<Step>,
  options: { delayMs: number; pauses: 'chunks' | 'events'; onEvents: (count: number) => void },
): Promise<'finished' | 'cut' | 'client left'> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  let isPauseDue = false;
  try {
    for await (const step of steps) {
      left.signal.throwIfAborted();
      if ('finish' in step) {
        const outcome = await finish(response, step.finish, left.signal);
        return step.isCut && outcome === 'finished' ? 'cut' : outcome;
      }
      if (options.delayMs > 0 && isPauseDue) await setTimeout(options.delayMs, undefined, { signal: left.signal });
      isPauseDue = options.pauses === 'chunks' || step.events > 0;
      const isTaken = response.write(step.write);
      options.onEvents(step.events);
      // One turn of the loop a write, so that each is a chunk of its own on the wire.
      if (isTaken) await setImmediate(undefined, { signal: left.signal });
      else await once(response, 'drain', { signal: left.signal });
    }
    return 'finished';
  } catch (error) {
    if (left.signal.aborted) return 'client left';
    throw error;
  }
}

async function finish(
  response: ServerResponse,
  how: 'end' | 'destroy' | 'reset' | 'hang',
  left: AbortSignal,
): Promise<'finished' | 'cut' | 'client left'> {
  if (how === 'end') {
    response.end();
    return 'finished';
  }
  // What was written has to arrive before the connection breaks.
  await setTimeout(10, undefined, { signal: left });
  if (how === 'destroy') response.socket?.destroy();
  if (how === 'reset') response.socket?.resetAndDestroy();
  if (how === 'hang') await once(response, 'close');
  return how === 'hang' ? 'client left' : 'cut';
}
