import { createApiError, isErrorBody } from './api-error.ts';
import type { Call } from './call.ts';
import { type ErrorCode, HumanloopError } from './errors.ts';
import { quotes } from './fetch-failure.ts';
import { parseJson } from './json.ts';
import { StreamError } from './stream-error.ts';

/** What is kept of a wrong body, characters. */
export const EXCERPT_LENGTH = 100;

/** No line of an event stream begins so, whatever the media type says. */
export function isPageOrJson(head: string): boolean {
  return /^\s*[<{[]/.test(head);
}

/**
 * The error of a success whose body, of which `text` is known, is not what was wanted.
 *
 * @param response - what the body came with, where it is known.
 * @param streams - whether an event stream was wanted, else JSON.
 */
export function createWrongBodyError(
  response: Response | undefined,
  call: Call,
  text: string,
  streams: boolean,
): HumanloopError {
  const body = parseJson(text);
  if (response && isErrorBody(body)) return createApiError(call, response, body);
  const [Class, code, wanted]: readonly [typeof HumanloopError, ErrorCode, string] = streams
    ? [StreamError, 'not-a-stream', 'an event stream']
    : [HumanloopError, 'not-json', 'JSON'];
  const status = response?.status;
  const mediaType = response && readMediaType(response);
  const excerpt = text.slice(0, EXCERPT_LENGTH);
  // A page tells whose it is, unless it repeats what was sent. Anything else may be the output of a model, which is not printed.
  const isPage = /^\s*<(!doctype|html|head|body|\?xml)/i.test(text);
  const shown = isPage && !(call.sent && quotes(text, call.sent)) ? ` ("${excerpt.replace(/\s+/g, ' ')}…")` : '';
  const isUnasked = streams && /^\s*[{["]/.test(text);
  const hint = isUnasked ? 'does the server ignore `stream: true`?' : 'is the base URL right?';
  return call.fail(
    Class,
    code,
    `${response ? `${status} with ${mediaType || 'no media type'}` : 'another text'} instead of ${wanted}${shown}; ${hint}`,
    { status },
    { mediaType, excerpt },
  );
}

export function readMediaType({ headers }: Response): string {
  return (headers.get('Content-Type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}
