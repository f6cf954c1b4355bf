import { parseJson } from './json.ts';
import { overlay } from './overlay.ts';

/** The connection was never made, so that nothing has left: codes of Node and Bun, and Deno's and Undici's words. */
const UNSENT_CODE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
const UNSENT_WORDS = /^bad port$|client error \(Connect\): /;
/** How many causes are followed: an error may be its own. */
const MAX_DEPTH = 8;
/** Shorter words, such as the `any` of a mock, are no secrets, and would hide what happened. */
const SHORTEST_SECRET = 8;

interface Failure extends Partial<Record<'name' | 'message' | 'code' | 'syscall' | 'stack', string>> {
  port?: string | number;
  hostname?: string;
  errors?: unknown;
  cause?: unknown;
}

/** An error and what caused it, outermost first, read once: getters may throw. A string is a message. */
function chainOf(failure: unknown, depth = MAX_DEPTH): Failure[] {
  if (failure === undefined || depth === 0) return [];
  const link: Failure = {};
  try {
    const given = Object(typeof failure === 'string' ? { message: failure } : failure) as Failure;
    for (const key of ['name', 'message', 'code', 'syscall', 'stack'] as const) {
      const value: unknown = given[key];
      if (typeof value === 'string') link[key] = value;
    }
    const { port, hostname, errors, cause } = given;
    return [Object.assign(link, { port, hostname, errors }), ...chainOf(cause, depth - 1)];
  } catch {
    return [link];
  }
}

/**
 * Whether a failed `fetch` of this URL has sent nothing. Words of messages do not count: they may quote the URL or the
 * request. Nor does the failure of another connection, which a `fetch` of the caller's may have made after the answer.
 */
export function isUnsent(failure: unknown, url: URL, depth = MAX_DEPTH): boolean {
  const urlPort = url.port || (url.protocol === 'https:' ? '443' : '80');
  return chainOf(failure, depth).some(
    ({ code = '', syscall = '', message = '', port = urlPort, hostname = url.hostname, errors }) =>
      (String(port) === urlPort &&
        hostname === url.hostname &&
        (UNSENT_CODE.test(code) || UNSENT_WORDS.test(message) || /^(connect|getaddrinfo)$/.test(syscall))) ||
      // One for each address of a name.
      (Array.isArray(errors) && errors.length > 0 && errors.every((error) => isUnsent(error, url, depth - 1))),
  );
}

/**
 * An error that is safe to print: what a `fetch` or a body throws may carry the request. It quotes nothing of what was
 * sent; where nothing was, it is the error itself.
 */
export function summarize(failure: unknown, sent: RequestInit | undefined): unknown {
  if (!sent) return failure;
  let summary: Error | undefined;
  for (const { name = 'Error', message = 'no error was thrown', code, stack } of chainOf(failure).toReversed()) {
    const cause = summary && { cause: summary };
    summary = quotes(`${name}${message}${code}${stack}`, sent)
      ? undefined
      : Object.assign(new Error(message, cause), overlay({ name, code, stack }));
  }
  return summary;
}

/** Whether a text repeats a header or a text of the body of a request, however it is escaped. */
export function quotes(text: string, { headers, body }: RequestInit): boolean {
  const json = (body ?? '') as string;
  const secrets = [...new Headers(headers).values(), json];
  parseJson(json, (_, value) => {
    if (typeof value === 'string') secrets.push(value);
    return value;
  });
  const said = wordsOf(text) + text;
  return secrets.some((secret) => secret.length >= SHORTEST_SECRET && said.includes(wordsOf(secret) || secret));
}

/** Its letters and digits, without what JSON or HTML writes in place of others. */
const wordsOf = (text: string): string => text.replaceAll(/\\+\w?|&#?\w+;|[^\p{L}\p{N}]/gu, '');
