import type { Envelope, Progress } from './progress.ts';
import { StreamError } from './stream-error.ts';

/**
 * Writes events as server-sent events, with what the next reader needs for the same proof: the number of samples, if it
 * is given, in the first event, and `[DONE]` after the last.
 *
 * An error that the server reported goes on as an `error` event. Any other failure breaks the stream, so that the next
 * reader sees that it was cut.
 */
export function encodeEvents(
  iterator: AsyncIterator<unknown>,
  progress: Progress,
  num_samples?: number,
): ReadableStream<Uint8Array> {
  let more: Envelope = num_samples === undefined ? {} : { num_samples };
  const encoder = new TextEncoder();
  const encode = (name: string, data: unknown): Uint8Array =>
    encoder.encode(`${name}data: ${JSON.stringify(data)}\n\n`);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (!done) {
            controller.enqueue(encode('', { ...(value as Envelope), ...more }));
            more = {};
            return;
          }
          if (progress.complete) controller.enqueue(encoder.encode('data: [DONE]\n\n'));
          controller.close();
        } catch (error) {
          if (!(error instanceof StreamError) || error.code !== 'error-event') throw error;
          controller.enqueue(encode('event: error\n', error.detail ?? ''));
          controller.close();
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    // Nothing is read before it is asked for.
    { highWaterMark: 0 },
  );
}
