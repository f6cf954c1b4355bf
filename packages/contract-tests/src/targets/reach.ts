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
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);
    throw new ContractError(
      'target-down',
      `No server answers at ${target}: ${reason || messageOf(error)}. Is it running?`,
      {
        cause: error,
      },
    );
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}
