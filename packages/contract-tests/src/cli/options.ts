import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ContractError, messageOf } from '../errors.ts';

/** One option of a command: what a person types, what it means, and what holds when it is left out. */
export interface Option {
  type: 'string' | 'boolean';
  /** The word for its value in the help, such as `PORT`. */
  value?: string;
  description: string;
  default?: string;
}

/**
 * Reads a command's options; `--help` prints them and gives null.
 *
 * @throws {ContractError} `bad-option` for an option that the command does not have.
 */
export function readOptions<Name extends string>(
  usage: string,
  options: Record<Name, Option>,
  args: string[],
): Partial<Record<Name, string | boolean>> | null {
  const config: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } };
  for (const [name, option] of Object.entries<Option>(options)) {
    config[name] = { type: option.type, ...(option.default === undefined ? {} : { default: option.default }) };
  }
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ args, options: config, strict: true }));
  } catch (error) {
    throw new ContractError(
      'bad-option',
      `${messageOf(error).replace(/\.?$/, '.')} ${usage} --help lists the options.`,
      { cause: error },
    );
  }
  if (values['help']) {
    process.stdout.write(describe(usage, options));
    return null;
  }
  return values as Partial<Record<Name, string | boolean>>;
}

/** @throws {ContractError} `bad-option` when the text is no whole number from 0 to `largest`. */
export function readNumber(name: string, text: unknown, largest: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(String(text)) || value > largest) {
    throw new ContractError(
      'bad-option',
      `--${name} takes a whole number from 0 to ${largest}, not "${String(text)}".`,
    );
  }
  return value;
}

/**
 * Resolves when the person presses Ctrl-C or the process is asked to end. Under npx and the like also when the shell
 * between them is gone: npm passes SIGTERM on to that shell, which dies of it and leaves its children running.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    // Who starts it without npm may well mean it to outlive the shell.
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve();
    }, 200);
    timer.unref();
  });
}

function describe(usage: string, options: Record<string, Option>): string {
  const rows = Object.entries(options).map(([name, option]) => ({
    left: `--${name}${option.value ? ` ${option.value}` : ''}`,
    right: option.description + (option.default === undefined ? '' : ` (default ${option.default})`),
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  return `${usage} [options]\n\n${rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}\n`).join('')}`;
}
