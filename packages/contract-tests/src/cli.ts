#!/usr/bin/env node
import { requireNode } from './cli/node-version.ts';
import { ContractError } from './errors.ts';

const help = `humanloop-contract: a mock of the Humanloop API v4 that really streams. Unofficial.

  humanloop-contract mock      start the mock
  humanloop-contract torture   write the answers of any server in odd pieces, or break them off
  humanloop-contract check     hold a live server to the document

Each command explains itself with --help.
`;

// Loaded when asked for: the help should not wait for Prism.
const commands: Record<string, (args: string[]) => Promise<void>> = {
  mock: async (args) => (await import('./cli/mock.ts')).runMock(args),
  torture: async (args) => (await import('./cli/torture.ts')).runTorture(args),
  check: async (args) => (await import('./cli/check.ts')).runCheck(args),
};

const [name = '--help', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

try {
  requireNode(process.versions.node);
  if (command) await command(args);
  else if (name === '--help' || name === '-h' || name === 'help') process.stdout.write(help);
  else
    throw new ContractError('bad-option', `There is no command "${name}". \`humanloop-contract --help\` lists them.`);
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
