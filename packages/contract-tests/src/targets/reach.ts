import { ContractError, messageOf } from '../errors.ts';

/**
 * Takes a base URL apart, after asking whether anything answers there.
 *
 * @throws {ContractError} `bad-option` when it is no URL, `target-down` when nothing answers there.
 */
export async function reachTarget(target: string): Promise<{ origin: string; path: string }> {
  if (!/^https?:\/\//.test(target) || !URL.canParse(target)) {
    throw new ContractError(
      'bad-option',
      `The target "${target}" is no http or https URL, such as http://127.0.0.1:4010/v4.`,
    );
  }
  const url = new URL(target);
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
  } catch (error) {
    throw new ContractError('target-down', `No server answers at ${target}: ${reasonOf(error)}. Is it running?`, {
      cause: error,
    });
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}

/** OpenSSL's words are for its makers, and take two lines. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error && error.cause instanceof Error)) return messageOf(error);
  const { code, message } = error.cause as NodeJS.ErrnoException;
  if (code?.startsWith('ERR_SSL')) return 'TLS was refused; perhaps it speaks http, not https';
  return message || code || messageOf(error);
}
