import type { EventStream } from '@humanloop-v4/client';
import { isRecord } from '../src/document/document.ts';
import { streamOf, type Content, type Operation } from '../src/document/operations.ts';
import { findMethod, flatten, toClientRequest, type ClientCallOptions } from '../src/suite/client-request.ts';
import { parseEvents, type StreamEvent } from '../src/suite/stream-events.ts';
import type { Humanloop } from '@humanloop-v4/client';

/** A stream example of the document: its text, its events, and a request that it answers. */
export interface StreamExample {
  operation: Operation;
  content: Content;
  name: string;
  text: string;
  events: StreamEvent[];
  /** The data of the events before an error event. */
  pieces: unknown[];
  /** The data of the error event, if there is one. */
  error: unknown;
  request: unknown;
}

export function listStreamExamples(operation: Operation): StreamExample[] {
  const content = streamOf(operation);
  return (content?.examples ?? []).map(({ name, value }) => {
    const text = String(value);
    const events = parseEvents(text);
    const parsed = events.map(({ event, data }) => ({ event, data: JSON.parse(data) as unknown }));
    const pieces = parsed.filter(({ event }) => event !== 'error').map(({ data }) => data);
    const first = pieces[0];
    const body = operation.body?.content[0]?.examples[0]?.value;
    const numSamples = isRecord(first) ? first['num_samples'] : 1;
    return {
      operation,
      content: content as Content,
      name,
      text,
      events,
      pieces,
      error: parsed.find(({ event }) => event === 'error')?.data,
      // The client counts the samples that the request asks for.
      request: flatten(
        toClientRequest(operation, { ...Object(body), stream: true, num_samples: numSamples }, 'required'),
      ),
    };
  });
}

/** Reads the example through the client: the events that came, and the error that ended them, if one did. */
export async function readThroughClient(
  humanloop: Humanloop,
  { operation, request, name }: StreamExample,
  { onEvent, ...options }: ClientCallOptions & { onEvent?: () => void } = {},
): Promise<{ events: unknown[]; error: unknown; requestId: string | undefined }> {
  const events: unknown[] = [];
  const headers = { Prefer: `example=${name}`, ...options.headers };
  let requestId: string | undefined;
  try {
    const answer = await findMethod(humanloop, operation, true)(request, { ...options, headers }).withResponse();
    ({ requestId } = answer);
    for await (const event of answer.data as EventStream<unknown>) {
      events.push(event);
      onEvent?.();
    }
    return { events, error: undefined, requestId };
  } catch (error) {
    return { events, error, requestId };
  }
}
