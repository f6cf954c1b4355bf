import { parseArgs } from 'node:util';

export interface MutateOptions {
  document: boolean;
  client: boolean;
  /** In how many places each kind of change of the document is tried. */
  places: number;
  /** A part of the kinds' names; all when empty. */
  only: string;
  /** Mutants that are judged at the same time. */
  jobs: number;
  /** How long to judge mutants of each side, min; what is not judged by then is left out, and counted. */
  minutes: number;
}

/** @throws {Error} one sentence, when an option is misspelt or out of range. */
export function readOptions(args: string[]): MutateOptions {
  const { values } = parseArgs({
    args,
    options: {
      document: { type: 'boolean', default: false },
      client: { type: 'boolean', default: false },
      places: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      jobs: { type: 'string', default: '2' },
      minutes: { type: 'string', default: '1000' },
    },
  });
  const both = !values.document && !values.client;
  return {
    document: values.document || both,
    client: values.client || both,
    places: readCount('places', values.places),
    only: values.only,
    jobs: readCount('jobs', values.jobs),
    minutes: readCount('minutes', values.minutes),
  };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} is a number from 1 on, not ${text}.`);
  return count;
}
