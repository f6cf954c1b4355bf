import { ContractError, messageOf } from '../errors.ts';

export interface Reached {
  origin: string;
  /** Without a slash at its end. */
  path: string;
  /** What the server calls itself, in the header `Server`. */
  server: string | null;
}

/**
 * Takes a base URL apart, after asking whether anything answers there.
 *
 * @throws {ContractError} `bad-option` when it is no base URL or leads elsewhere, `target-down` when nothing answers there.
 */
export async function reachTarget(target: string): Promise<Reached> {
  if (!/^https?:\/\//.test(target) || !URL.canParse(target)) {
    throw new ContractError(
      'bad-option',
      `The target "${target}" is no http or https URL, such as http://127.0.0.1:4010/v4.`,
    );
  }
  const url = new URL(target);
  if (url.username !== '' || url.password !== '') {
    throw new ContractError(
      'bad-option',
      `The target at ${url.host} has a user or a password in its URL: leave them out.`,
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ContractError('bad-option', `The target "${target}" has a query or a fragment: give the base URL alone.`);
  }
  let response: Response;
  try {
    response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
  } catch (error) {
    throw new ContractError('target-down', `No server answers at ${target}: ${reasonOf(error)}. Is it running?`, {
      cause: error,
    });
  }
  const location = response.headers.get('location');
  const elsewhere = location === null || !URL.canParse(location, url) ? url : new URL(location, url);
  // A redirect within the server says nothing: many have one at their base URL that leads to their documentation.
  if (elsewhere.origin !== url.origin) {
    throw new ContractError(
      'bad-option',
      `The target ${target} redirects to ${elsewhere.href}, and clients do not follow with their key: give the URL of the server itself.`,
    );
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, ''), server: response.headers.get('server') };
}

/** OpenSSL's words are for its makers, and take two lines. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error && error.cause instanceof Error)) return messageOf(error);
  const { code, message } = error.cause as NodeJS.ErrnoException;
  if (code?.startsWith('ERR_SSL')) return 'TLS was refused; perhaps it speaks http, not https';
  return message || code || messageOf(error);
}
