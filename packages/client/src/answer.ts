import { createApiError } from './api-error.ts';
import { openBody, readChunk, readRest, type Reader, REST_MS } from './bytes.ts';
import type { Call } from './call.ts';
import { type EventReader, LONGEST_HEAD } from './event-reader.ts';
import { parseJson } from './json.ts';
import { createWrongBodyError, EXCERPT_LENGTH, isPageOrJson, readMediaType } from './wrong-body.ts';

/** How much is read to find out what an answer is, characters. */
const LONGEST_SNIFF = 4096;

export type ParseAs = 'json' | 'text' | 'blob' | 'arrayBuffer' | 'stream';

/**
 * Reads the body of a success: JSON, or the text of another media type. `undefined` when it is empty.
 *
 * @throws {ApiError} when it is an error in spite of its status
 * @throws {HumanloopError} code "not-json", for instance for the page of a proxy
 */
export async function readAnswer(response: Response, call: Call, parseAs: ParseAs = 'json'): Promise<unknown> {
  if (parseAs === 'stream') return response.body;
  if (parseAs !== 'json') return response[parseAs]();
  const text = await response.text();
  if (!text) return undefined;
  if (/^text\/(?!(html|plain|xml|event-stream)$)/.test(readMediaType(response))) return text;
  const body = parseJson(text);
  // No success of v4 is a lone `detail`; every error is. Gateways say `error`.
  if (/^(detail|error)$/.test(Object.keys(Object(body)).join())) throw createApiError(call, response, body);
  if (body === undefined) throw createWrongBodyError(response, call, text, false);
  return body;
}

/**
 * Opens the body of a success as an event stream. What has to be read to find out that it is one is put into `events`.
 *
 * @throws {ApiError} when it is a JSON error
 * @throws {StreamError} code "not-a-stream"
 */
export async function openEventStream(
  response: Response,
  call: Call,
  events: Pick<EventReader<unknown>, 'add' | 'head'>,
): Promise<Reader> {
  call.phase = 'stream';
  const reader = openBody(response);
  if (readMediaType(response) === 'text/event-stream') return reader;

  for (let chunk; (chunk = await readChunk(reader, call));) {
    events.add(chunk);
    if (isPageOrJson(events.head)) break;
    // Some servers forget the media type, or say text/plain; their bytes tell.
    if (/^(.*[\r\n])*(data|event|id|retry)?:/.test(events.head)) return reader;
    if (events.head.length > LONGEST_SNIFF) break;
  }
  // The verdict stands; the rest is for the error: all of a JSON error, or the beginning of a page.
  const { head } = events;
  const isEnough = parseJson(head) !== undefined || (/^\s*</.test(head) && head.length > EXCERPT_LENGTH);
  for (const chunk of await readRest(reader, isEnough ? 0 : LONGEST_HEAD, REST_MS)) events.add(chunk);
  throw createWrongBodyError(response, call, events.head, true);
}
