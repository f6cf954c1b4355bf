import { createRequire } from 'node:module';
import { ContractError } from '../errors.ts';

const { engines } = createRequire(import.meta.url)('@humanloop-v4/contract-tests/package.json') as {
  engines: { node: string };
};

/**
 * Checked before a command is loaded: an older Node fails at syntax that it does not know.
 *
 * @throws {ContractError} `old-node`
 */
export function requireNode(version: string): void {
  const [neededMajor, neededMinor] = readVersion(engines.node);
  const [major, minor] = readVersion(version);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new ContractError(
    'old-node',
    `Node ${version} is too old for humanloop-contract, which needs ${engines.node}. Install a newer one, or use one for this command: npx -p node@${neededMajor} -p @humanloop-v4/contract-tests humanloop-contract`,
  );
}

function readVersion(text: string): [major: number, minor: number] {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return [Number(major), Number(minor)];
}
