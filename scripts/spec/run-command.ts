import { UsageError } from './read-document.ts';

/** Runs a command of the spec tools: a {@link UsageError} becomes one message and exit status 1. */
export async function runCommand(command: (args: string[]) => Promise<void>): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  try {
    // pnpm, unlike npm, hands on the `--` of `pnpm run … -- …`.
    await command(first === undefined || first === '--' ? rest : [first, ...rest]);
  } catch (error) {
    const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    if (!isUsage) throw error;
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
