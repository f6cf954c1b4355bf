/** The connection was never made, so that nothing has left: codes of Node and Bun, and Deno's and Undici's words. */
const UNSENT_CODE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
const UNSENT_WORDS = /^bad port$|client error \(Connect\): /;
/** How many causes are followed: an error may be its own. */
const MAX_DEPTH = 8;
/** Shorter words, such as the `any` of a mock, are no secrets, and would hide what happened. */
const SHORTEST_SECRET = 8;

type Failure = Partial<Error> & { code?: string; syscall?: string; errors?: unknown };

/** Whether a failed `fetch` has sent nothing. Words of messages do not count: they may quote the URL or the request. */
export function isUnsent(failure: unknown): boolean {
  return chainOf(failure).some(
    ({ code = '', syscall = '', message = '', errors }) =>
      UNSENT_CODE.test(code) ||
      UNSENT_WORDS.test(message) ||
      /^(connect|getaddrinfo)$/.test(syscall) ||
      // One for each address of a name.
      (Array.isArray(errors) && errors.length > 0 && errors.every(isUnsent)),
  );
}

/** An error that is safe to print: what a `fetch` throws may carry the request. It quotes none of the `secrets`. */
export function summarize(failure: unknown, secrets: readonly (string | null)[]): Error | undefined {
  let summary: Error | undefined;
  for (const { name = 'Error', message = 'no error was thrown', code, stack } of chainOf(failure).toReversed()) {
    const text = `${message}${stack}`;
    const isQuoted = secrets.some((secret) => secret && secret.length >= SHORTEST_SECRET && text.includes(secret));
    const cause = summary && { cause: summary };
    summary = isQuoted ? undefined : Object.assign(new Error(message, cause), { name, code, stack });
  }
  return summary;
}

/** An error and what caused it. A string that is thrown is a message. */
function chainOf(failure: unknown, depth = MAX_DEPTH): Failure[] {
  if (failure === undefined || depth === 0) return [];
  const link = Object(typeof failure === 'string' ? { message: failure } : failure) as Failure;
  return [link, ...chainOf(link.cause, depth - 1)];
}
