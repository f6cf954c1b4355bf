import { createApiError, isErrorBody } from './api-error.ts';
import { type Bytes, openBytes, REST_MS } from './bytes.ts';
import type { Call } from './call.ts';
import { HumanloopError } from './errors.ts';
import { parseJson } from './json.ts';
import { StreamError } from './stream-error.ts';

/** How much of a wrong answer is read to find out what it is, characters. */
const LONGEST_HEAD = 65_536;
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
  const mediaType = readMediaType(response);
  const text = await response.text();
  if (!text) return undefined;
  if (!/json$|^$|^text\/(html|plain|event-stream)$/.test(mediaType)) return text;
  const body = parseJson(text) ?? failOnAnswer(HumanloopError, 'not-json', response, call, text, 'JSON');
  // No success of v4 is a lone `detail`; every error is.
  if (Object.keys(body).join() === 'detail') throw createApiError(call.label, response, body);
  return body;
}

/**
 * Opens the body of a success as an event stream.
 *
 * @throws {ApiError} when it is a JSON error
 * @throws {StreamError} code "not-a-stream"
 */
export async function openEventStream(response: Response, call: Call): Promise<Bytes> {
  call.phase = 'stream';
  const mediaType = readMediaType(response);
  const bytes = openBytes(response.body, call);
  if (mediaType === 'text/event-stream') return bytes;

  const decoder = new TextDecoder();
  const chunks: Uint8Array[] = [];
  let head = '';
  const add = (chunk: Uint8Array): void => void (head += decoder.decode(chunk, { stream: true }));
  const isWrong = (): boolean => /html|json/.test(mediaType) || /^\s*[<{[]/.test(head);
  for (let chunk; !isWrong() && head.length < LONGEST_HEAD && (chunk = await bytes.read());) {
    chunks.push(chunk);
    add(chunk);
    // Some servers forget the media type, or say text/plain; their bytes tell.
    if (/^(.*[\r\n])*(data|event|id|retry)?:/.test(head) && !isWrong()) {
      bytes.unread(chunks);
      return bytes;
    }
  }
  // The verdict stands; what is read on is for the error: the beginning of a page, or all of a JSON error.
  await bytes.takeRest(LONGEST_HEAD, REST_MS, (chunk) => {
    add(chunk);
    return /^\s*</.test(head) || parseJson(head) !== undefined;
  });
  const body = parseJson(head);
  if (isErrorBody(body)) throw createApiError(call.label, response, body);
  return failOnAnswer(StreamError, 'not-a-stream', response, call, head, 'an event stream');
}

function failOnAnswer(
  Class: typeof HumanloopError,
  code: string,
  response: Response,
  call: Call,
  text: string,
  wanted: string,
): never {
  const mediaType = readMediaType(response);
  const excerpt = text.slice(0, EXCERPT_LENGTH);
  // A page tells whose it is. Anything else may be the output of a model, which is not printed.
  const isPage = /^\s*<(!doctype|html|head|body|\?xml)/i.test(text);
  const shown = isPage ? ` ("${excerpt.replace(/\s+/g, ' ')}…")` : '';
  const isUnasked = Class === StreamError && (mediaType.endsWith('json') || /^\s*[{["]/.test(text));
  const hint = isUnasked ? 'does the server ignore `stream: true`?' : 'is the base URL right?';
  throw call.fail(
    Class,
    code,
    `${response.status} with ${mediaType || 'no media type'} instead of ${wanted}${shown}; ${hint}`,
    { status: response.status },
    { mediaType, excerpt },
  );
}

function readMediaType({ headers }: Response): string {
  return (headers.get('Content-Type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}
