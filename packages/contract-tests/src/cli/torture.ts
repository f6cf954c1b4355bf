import { ContractError } from '../errors.ts';
import { startTorture } from '../mock/torture.ts';
import { readNumber, readOptions, untilStopped } from './options.ts';

const usage = 'humanloop-contract torture --target URL';

const options = {
  target: { type: 'string', value: 'URL', description: 'the base URL of the server to stand in front of' },
  plan: {
    type: 'string',
    value: 'PLAN',
    description: 'what holds for requests that choose none: chunks=bytes,cut=reset',
  },
  port: { type: 'string', value: 'PORT', description: 'where to listen; 0 takes a free port', default: '4011' },
  host: { type: 'string', value: 'HOST', description: 'who may call: 127.0.0.1 is this machine', default: '127.0.0.1' },
} as const;

/** `humanloop-contract torture`: runs the proxy until Ctrl-C. */
export async function runTorture(args: string[]): Promise<void> {
  const values = readOptions(usage, options, args);
  if (!values) return;
  const stopped = untilStopped();
  if (!values.target) {
    throw new ContractError('bad-option', `--target is missing: the base URL of the server to stand in front of.`);
  }
  await using torture = await startTorture({
    target: String(values.target),
    port: readNumber('port', values.port, 65_535),
    host: String(values.host),
    ...(values.plan === undefined ? {} : { plan: String(values.plan) }),
  });
  process.stdout.write(
    `Give your client the base URL ${torture.baseUrl}, or ${torture.withPlan('chunks=bytes,cut=reset')} for one plan. ` +
      'Ctrl-C ends it.\n',
  );
  await stopped;
}
