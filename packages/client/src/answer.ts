import { createApiError, isErrorBody, readRequestId } from './api-error.ts';
import { ByteReader } from './byte-reader.ts';
import type { Call } from './call.ts';
import { HumanloopError } from './errors.ts';
import { StreamError } from './stream-error.ts';

/** How much of a wrong answer is read to find out what it is, characters. */
const LONGEST_HEAD = 65_536;
const EXCERPT_LENGTH = 100;

export type ParseAs = 'json' | 'text' | 'blob' | 'arrayBuffer' | 'stream';

/**
 * Reads the body of a success: JSON, or the text of another media type. `undefined` when it is empty.
 *
 * @throws {HumanloopError} code "not-json", for instance for the page of a proxy
 */
export async function readAnswer(label: string, response: Response, parseAs: ParseAs = 'json'): Promise<unknown> {
  if (parseAs === 'stream') return response.body;
  if (parseAs !== 'json') return response[parseAs]();
  const mediaType = readMediaType(response);
  const text = await response.text();
  if (!text) return undefined;
  const isJson = /[/+]json$|^$/.test(mediaType);
  if (!isJson && !/^text\/(html|plain|event-stream)$/.test(mediaType)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own error quotes the text.
    const { status } = response;
    throw new HumanloopError(
      `${label}: ${status} with ${describe(mediaType, isJson ? '' : text)} that is not JSON; is the base URL right?`,
      { code: 'not-json', status, phase: 'body', requestId: readRequestId(response) },
      { mediaType, excerpt: text.slice(0, EXCERPT_LENGTH) },
    );
  }
}

/**
 * Opens the body of a success as an event stream.
 *
 * @throws {ApiError} when it is a JSON error
 * @throws {StreamError} code "not-a-stream"
 */
export async function openEventStream(response: Response, call: Call): Promise<ByteReader> {
  call.phase = 'stream';
  const mediaType = readMediaType(response);
  const reader = new ByteReader(response.body, call);
  if (mediaType === 'text/event-stream') return reader;

  const decoder = new TextDecoder();
  const chunks: Uint8Array[] = [];
  let head = '';
  for (let chunk; head.length < LONGEST_HEAD && (chunk = await reader.read());) {
    chunks.push(chunk);
    head += decoder.decode(chunk, { stream: true });
    // Some servers forget the media type; their bytes tell.
    if (!mediaType && /^(?![\s]*[<{[])(?:.*[\r\n])*(?:data|event|id|retry)?:/.test(head)) {
      reader.unread(chunks);
      return reader;
    }
  }
  await reader.cancel();
  throw createWrongAnswer(response, call.label, mediaType, head);
}

function createWrongAnswer(response: Response, label: string, mediaType: string, head: string): HumanloopError {
  let hint = ', which ignores `stream: true`';
  let shown = '';
  try {
    const body: unknown = JSON.parse(head);
    if (isErrorBody(body)) return createApiError(label, response, body);
  } catch {
    hint = '; is the base URL right?';
    // Text that claims to be JSON may be a long answer, cut: it is not shown.
    if (!/^\s*[{[]/.test(head)) shown = head;
  }
  const { status } = response;
  return new StreamError(
    `${label}: ${status} with ${describe(mediaType, shown)} instead of an event stream${hint}`,
    { code: 'not-a-stream', status, requestId: readRequestId(response) },
    { mediaType, excerpt: head.slice(0, EXCERPT_LENGTH) },
  );
}

function describe(mediaType: string, text: string): string {
  const excerpt = text.slice(0, EXCERPT_LENGTH).replace(/\s+/g, ' ').trim();
  return (mediaType || 'a body without media type') + (excerpt && ` ("${excerpt}…")`);
}

function readMediaType({ headers }: Response): string {
  return (headers.get('Content-Type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}
