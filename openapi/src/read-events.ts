import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** A server-sent event, as the item schema of a stream describes it: a field that the event does not have is left out. */
export interface ServerSentEvent {
  event?: string;
  data: string;
  id?: string;
}

export interface ReadEvents {
  /** Each event, with the number (from 1) of its first line. */
  events: { event: ServerSentEvent; line: number }[];
  /** What is wrong with the text as an event stream. */
  problems: { message: string; line: number }[];
}

/**
 * Reads the whole text of an event stream.
 *
 * Unlike a client, it reports what the standard lets pass in silence: lines that are no field, and an event at the end
 * that no empty line completes.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function readEvents(text: string): ReadEvents {
  const events: ReadEvents['events'] = [];
  const problems: ReadEvents['problems'] = [];
  let line = 0;
  let firstLine = 0;
  const parser = createParser({
    onEvent: (message) => events.push({ event: withoutEmptyFields(message), line: firstLine }),
    onError: (error) => problems.push({ message: error.message, line }),
  });
  // One line at a time, so that what the parser reports belongs to this line.
  for (const lineOfText of text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []) {
    line += 1;
    if (/^(data|event|id|retry)\b/.test(lineOfText)) firstLine ||= line;
    parser.feed(lineOfText);
    if (/^[\r\n]*$/.test(lineOfText)) firstLine = 0;
  }
  if (firstLine !== 0) problems.push({ message: 'no empty line ends the last event', line: firstLine });
  return { events, problems };
}

function withoutEmptyFields({ event, data, id }: EventSourceMessage): ServerSentEvent {
  return { data, ...(event !== undefined && { event }), ...(id !== undefined && { id }) };
}
