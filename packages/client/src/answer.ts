import { createApiError } from './api-error.ts';
import { cancel, openBody, readChunk, readRest, type Reader, REST_MS } from './bytes.ts';
import type { Call } from './call.ts';
import type { HumanloopError } from './errors.ts';
import type { EventReader } from './event-reader.ts';
import { parseJson } from './json.ts';
import { createWrongBodyError, EXCERPT_LENGTH, isPageOrJson, LONGEST_HEAD, readMediaType } from './wrong-body.ts';

export type ParseAs = 'json' | 'text' | 'blob' | 'arrayBuffer' | 'stream';

/** How much is read to find out what an answer is, characters. */
const LONGEST_SNIFF = 4096;

/** Reads an answer that is an error. */
export async function readError(response: Response, call: Call): Promise<HumanloopError> {
  const text = await response.text();
  const body = parseJson(text);
  return createApiError(call, response, body === undefined ? text : body);
}

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
  if (body === undefined) throw createWrongBodyError(response, call, text);
  return body;
}

/**
 * Opens the body of a success as an event stream. Some servers forget the media type, or say text/plain: the bytes tell.
 * What has to be read for that is put into `events`.
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
    const { head } = events;
    if (isPageOrJson(head)) break;
    if (/^(data|event|id|retry)?:/m.test(head)) return reader;
    if (head.length > LONGEST_SNIFF) break;
  }
  // The verdict stands; the rest is for the error: all of a JSON error, or the beginning of a page.
  const isWhole = parseJson(events.head) !== undefined;
  const wanted = isWhole ? 0 : /^\s*</.test(events.head) ? EXCERPT_LENGTH : LONGEST_HEAD;
  await readRest(reader, wanted - events.head.length, REST_MS, (rest) => events.add(rest));
  cancel(reader);
  throw createWrongBodyError(response, call, events.head);
}
