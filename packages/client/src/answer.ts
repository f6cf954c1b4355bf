import { createApiError, isErrorBody } from './api-error.ts';
import { readChunk, readRest, type Reader, REST_MS } from './bytes.ts';
import type { Call } from './call.ts';
import { HumanloopError } from './errors.ts';
import type { EventReader } from './event-reader.ts';
import { parseJson } from './json.ts';
import { StreamError } from './stream-error.ts';

/** How much is read to find out what an answer is; of a wrong one for its error; and what is kept of it, characters. */
const LONGEST_SNIFF = 4096;
export const LONGEST_HEAD = 65_536;
const EXCERPT_LENGTH = 100;

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
  if (!/json$|^$|^text\/(html|plain|event-stream)$/.test(readMediaType(response))) return text;
  const body = parseJson(text);
  // No success of v4 is a lone `detail`; every error is.
  if (Object.keys(Object(body)).join() === 'detail') throw createApiError(call, response, body);
  if (body === undefined) throw createWrongBodyError(HumanloopError, 'not-json', response, call, text, 'JSON');
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
  events: Pick<EventReader<unknown>, 'add'>,
): Promise<Reader> {
  call.phase = 'stream';
  const reader = (response.body ?? (new Blob([]).stream() as ReadableStream<Uint8Array>)).getReader();
  if (readMediaType(response) === 'text/event-stream') return reader;

  const decoder = new TextDecoder();
  const decode = (chunk: Uint8Array): string => decoder.decode(chunk, { stream: true });
  let text = '';
  for (let chunk; (chunk = await readChunk(reader, call));) {
    events.add(chunk);
    text += decode(chunk);
    if (/^\s*[<{[]/.test(text)) break;
    // Some servers forget the media type, or say text/plain; their bytes tell.
    if (/^(.*[\r\n])*(data|event|id|retry)?:/.test(text)) return reader;
    if (text.length > LONGEST_SNIFF) break;
  }
  // The verdict stands; the rest is for the error: all of a JSON error, or the beginning of a page.
  const isEnough = parseJson(text) !== undefined || (/^\s*</.test(text) && text.length > EXCERPT_LENGTH);
  for (const chunk of await readRest(reader, isEnough ? 0 : LONGEST_HEAD, REST_MS)) text += decode(chunk);
  throw createNoStreamError(response, call, text);
}

/** The error of a success whose body, of which `text` is known, is no event stream. */
export function createNoStreamError(response: Response, call: Call, text: string): HumanloopError {
  const body = parseJson(text);
  return isErrorBody(body)
    ? createApiError(call, response, body)
    : createWrongBodyError(StreamError, 'not-a-stream', response, call, text, 'an event stream');
}

function createWrongBodyError(
  Class: typeof HumanloopError,
  code: string,
  response: Response,
  call: Call,
  text: string,
  wanted: string,
): HumanloopError {
  const { status } = response;
  const mediaType = readMediaType(response);
  const excerpt = text.slice(0, EXCERPT_LENGTH);
  // A page tells whose it is. Anything else may be the output of a model, which is not printed.
  const isPage = /^\s*<(!doctype|html|head|body|\?xml)/i.test(text);
  const shown = isPage ? ` ("${excerpt.replace(/\s+/g, ' ')}…")` : '';
  const isUnasked = Class === StreamError && /^\s*[{["]/.test(text);
  const hint = isUnasked ? 'does the server ignore `stream: true`?' : 'is the base URL right?';
  return call.fail(
    Class,
    code,
    `${status} with ${mediaType || 'no media type'} instead of ${wanted}${shown}; ${hint}`,
    { status },
    { mediaType, excerpt },
  );
}

function readMediaType({ headers }: Response): string {
  return (headers.get('Content-Type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}
