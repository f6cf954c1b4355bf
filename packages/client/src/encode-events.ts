import { StreamError } from './stream-error.ts';

/**
 * Writes events as server-sent events.
 *
 * An error that the server reported goes on as an `error` event. Any other failure breaks the stream, so that the next
 * reader sees that it was cut.
 */
export function encodeEvents(iterator: AsyncIterator<unknown>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const encode = (name: string, data: unknown): Uint8Array =>
    encoder.encode(`${name}data: ${JSON.stringify(data)}\n\n`);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(encode('', value));
        } catch (error) {
          if (!(error instanceof StreamError) || error.code !== 'error-event') throw error;
          controller.enqueue(encode('event: error\n', error.detail));
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
