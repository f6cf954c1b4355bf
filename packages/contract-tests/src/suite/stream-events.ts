import { createParser } from 'eventsource-parser';

export interface StreamEvent {
  /** Left out for a message without a name. */
  event?: string;
  data: string;
}

/** The events of a whole stream's text, as our document's item schema sees them: without comments and `[DONE]`. */
export function parseEvents(text: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => events.push(event === undefined ? { data } : { event, data }),
  });
  parser.feed(text);
  return events.filter(({ data }) => data !== '[DONE]');
}
