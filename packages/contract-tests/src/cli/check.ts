import { readFile, writeFile } from 'node:fs/promises';
import { checkServer } from '../check/check.ts';
import { isBad } from '../check/report.ts';
import { writeHtml } from '../check/reports/html.ts';
import { writeJUnit } from '../check/reports/junit.ts';
import { describeResult, writeSummary } from '../check/reports/terminal.ts';
import { ContractError, messageOf } from '../errors.ts';
import { readNumber, readOptions } from './options.ts';

const options = {
  target: { type: 'string', value: 'URL', description: 'the base URL of the server (default $HUMANLOOP_BASE_URL)' },
  'api-key': {
    type: 'string',
    value: 'KEY',
    description: 'a key that the server accepts (default $HUMANLOOP_API_KEY)',
  },
  write: { type: 'boolean', description: 'make, generate and remove things as well; without it nothing is changed' },
  only: { type: 'string', value: 'IDS', description: 'operations to check, with commas between them' },
  'expect-missing': {
    type: 'string',
    value: 'FILE',
    description: 'operations that the server lacks: a line each, id and reason',
  },
  'timeout-ms': { type: 'string', value: 'MS', description: 'longest wait for one answer', default: '30000' },
  'max-events': { type: 'string', value: 'N', description: 'longest stream, events', default: '1000' },
  'max-stream-ms': { type: 'string', value: 'MS', description: 'longest stream, time', default: '60000' },
  json: { type: 'string', value: 'FILE', description: 'where to write the report as JSON' },
  junit: { type: 'string', value: 'FILE', description: 'where to write the report as JUnit XML' },
  html: { type: 'string', value: 'FILE', description: 'where to write the report as a page to read' },
} as const;

/** `humanloop-contract check`: exit status 0 when the server keeps the contract, 1 when not. */
export async function runCheck(args: string[]): Promise<void> {
  const values = readOptions('humanloop-contract check', options, args);
  if (!values) return;
  const target = values.target ?? process.env['HUMANLOOP_BASE_URL'];
  if (!target) {
    throw new ContractError('bad-option', 'The target is missing: give --target, or set HUMANLOOP_BASE_URL.');
  }
  const missing = values['expect-missing'];
  // Found out before the check, which may take minutes.
  for (const file of [values.json, values.junit, values.html]) if (file) await write(String(file), '', 'a');
  const report = await checkServer({
    target: String(target),
    apiKey: String(values['api-key'] ?? process.env['HUMANLOOP_API_KEY'] ?? '').trim(),
    write: values.write === true,
    timeoutMs: readNumber('timeout-ms', values['timeout-ms'], 600_000),
    maxEvents: readNumber('max-events', values['max-events'], 1_000_000),
    maxStreamMs: readNumber('max-stream-ms', values['max-stream-ms'], 600_000),
    ...(values.only === undefined ? {} : { only: readList('only', String(values.only)) }),
    ...(missing === undefined ? {} : { expectMissing: await readMissing(String(missing)) }),
    onResult: (result) => {
      const line = describeResult(result);
      if (line !== null) process.stdout.write(`${line}\n`);
    },
  });
  if (values.json) await write(String(values.json), `${JSON.stringify(report, null, 2)}\n`);
  if (values.junit) await write(String(values.junit), writeJUnit(report));
  if (values.html) await write(String(values.html), writeHtml(report));
  process.stdout.write(writeSummary(report));
  if (report.results.some((result) => isBad(report, result))) process.exitCode = 1;
}

function readList(name: string, text: string): string[] {
  const words = text.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  if (words.length === 0) throw new ContractError('bad-option', `--${name} names no operation, such as Projects_list.`);
  return words;
}

/** Lines of an id and a reason; empty lines and those that begin with `#` are passed over. */
async function readMissing(file: string): Promise<Record<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ContractError('bad-option', `--expect-missing cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [id = '', ...reason] = line.trim().split(/\s+/);
      if (reason.length === 0) throw new ContractError('bad-option', `--expect-missing gives no reason for ${id}.`);
      return [id, reason.join(' ')];
    }),
  );
}

async function write(file: string, text: string, flag: 'w' | 'a' = 'w'): Promise<void> {
  try {
    await writeFile(file, text, { flag });
  } catch (error) {
    throw new ContractError('bad-option', `The report cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
