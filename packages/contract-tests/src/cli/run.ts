import { ContractError } from '../errors.ts';
import { requireNode } from './node-version.ts';

const help = `humanloop-contract: a mock of the Humanloop API v4 that really streams. Unofficial.

  humanloop-contract mock      start the mock
  humanloop-contract torture   write the answers of any server in odd pieces, or break them off
  humanloop-contract check     hold a live server to the document

Each command explains itself with --help.
`;

// Loaded when asked for: the help should not wait for Prism.
const commands: Record<string, (args: string[]) => Promise<void>> = {
  mock: async (args) => (await import('./mock.ts')).runMock(args),
  torture: async (args) => (await import('./torture.ts')).runTorture(args),
  check: async (args) => (await import('./check.ts')).runCheck(args),
};

/**
 * Runs a command of `humanloop-contract`, until it has ended.
 *
 * @param args - what comes after the program's name: `['mock', '--port', '0']`.
 * @throws {ContractError} what a person can mend.
 */
export async function run([name = '--help', ...args]: string[]): Promise<void> {
  requireNode(process.versions.node);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) await command(args);
  else if (name === '--help' || name === '-h' || name === 'help') process.stdout.write(help);
  else
    throw new ContractError('bad-option', `There is no command "${name}". \`humanloop-contract --help\` lists them.`);
}
