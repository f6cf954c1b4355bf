import { UsageError } from './read-document.ts';

/** Runs a command of the spec tools: a {@link UsageError} becomes one message and exit status 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    if (!isUsage) throw error;
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
