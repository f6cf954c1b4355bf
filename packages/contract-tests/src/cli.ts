#!/usr/bin/env node
import { run } from './cli/run.ts';
import { ContractError } from './errors.ts';

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ContractError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
