import { createApiError, isErrorBody } from './api-error.ts';
import type { Call } from './call.ts';
import { type ErrorCode, HumanloopError } from './errors.ts';
import { quotes } from './fetch-failure.ts';
import { parseJson } from './json.ts';
import { StreamError } from './stream-error.ts';

/** How much is kept of a body that brings no event, characters: all of a JSON error, or the beginning of a page. */
export const LONGEST_HEAD = 131_072;
export const EXCERPT_LENGTH = 100;

/** No line of an event stream begins so, whatever the media type says. */
export function isPageOrJson(head: string): boolean {
  return /^\s*[<{[]/.test(head);
}

/**
 * The error of a success whose body, of which `text` is known, is not what was wanted: an event stream or JSON.
 *
 * @param response - what the body came with, where it is known.
 */
export function createWrongBodyError(response: Response | undefined, call: Call, text: string): HumanloopError {
  const body = parseJson(text);
  if (response && isErrorBody(body)) return createApiError(call, response, body);
  const [Class, code, wanted]: readonly [typeof HumanloopError, ErrorCode, string] =
    call.phase === 'stream' ? [StreamError, 'not-a-stream', 'an event stream'] : [HumanloopError, 'not-json', 'JSON'];
  const status = response?.status;
  const mediaType = response && readMediaType(response);
  const excerpt = text.slice(0, EXCERPT_LENGTH);
  // A page tells whose it is, unless it repeats what was sent. Anything else may be the output of a model, which is not printed.
  const isShown = /^\s*<(!doctype|html|head|body|\?xml)/i.test(text) && !(call.sent && quotes(text, call.sent));
  const shown = isShown ? ` ("${excerpt.replace(/\s+/g, ' ')}…")` : '';
  const hint =
    call.phase === 'stream' && /^\s*[{["]/.test(text)
      ? 'does the server ignore `stream: true`?'
      : 'is the base URL right?';
  const given = response ? `${status} with ${mediaType || 'no media type'}` : 'another text';
  return call.fail(Class, code, `${given} instead of ${wanted}${shown}; ${hint}`, { status, mediaType, excerpt });
}

export function readMediaType({ headers }: Response): string {
  return (headers.get('Content-Type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}
