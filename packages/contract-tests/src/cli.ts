#!/usr/bin/env node
import { ContractError } from './errors.ts';
import { runMock } from './cli/mock.ts';
import { runTorture } from './cli/torture.ts';

const help = `humanloop-contract: a mock of the Humanloop API v4 that really streams. Unofficial.

  humanloop-contract mock      start the mock
  humanloop-contract torture   write the answers of any server in odd pieces, or break them off

Each command explains itself with --help.
`;

const commands: Record<string, (args: string[]) => Promise<void>> = { mock: runMock, torture: runTorture };

const [name = '--help', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

try {
  if (command) await command(args);
  else if (name === '--help' || name === '-h' || name === 'help') process.stdout.write(help);
  else
    throw new ContractError('bad-option', `There is no command "${name}". \`humanloop-contract --help\` lists them.`);
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
