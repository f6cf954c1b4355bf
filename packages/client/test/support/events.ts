/** An event's envelope with one piece of one sample. */
export function piece(output: string, finish_reason: string | null = null, index = 0, more: object = {}): object {
  return {
    data: [
      {
        id: `data_${index}`,
        index,
        output,
        raw_output: output,
        finish_reason,
        model_config_id: `config_${index}`,
        output_message: { role: 'assistant', content: output, tool_calls: null },
        ...more,
      },
    ],
    provider_responses: [],
    usage: null,
  };
}

export function sse(...events: unknown[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join('');
}

/** A whole stream of one sample. */
export function stream(...outputs: string[]): string {
  return sse(...outputs.map((output, index) => piece(output, index === outputs.length - 1 ? 'stop' : null)));
}

/** A body that gives these chunks, one for each read. */
export function bodyOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next = 0;
  return new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[next++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      },
    },
    { highWaterMark: 0 },
  );
}

export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** The error that a promise is rejected with. */
export async function failureOf<E = Error & { code?: string }>(promise: PromiseLike<unknown>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    return error as E;
  }
  throw new Error('it did not fail');
}
