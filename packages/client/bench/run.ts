/**
 * Measures all contestants on all scenarios and writes docs/benchmark.md and docs/benchmark.svg.
 *
 * Each measurement has a process of its own and the best stream of PASSES processes counts, taken in turns. Usage: node run.ts
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { measureBundleKb } from '../scripts/bundle-size.ts';
import { drawChart } from './chart.ts';
import { contestants } from './contestants.ts';
import { scenarios, writeScenario } from './data.ts';

const PASSES = 4;
const LONGEST_MS = 30_000;

export interface Result {
  /** Least CPU time, ms; `undefined` when it took too long. */
  ms: number | undefined;
  events: number;
  memoryMb: number;
}

async function measure(contestant: string, scenario: string, file: string): Promise<Result | undefined> {
  const script = path.join(import.meta.dirname, 'measure.ts');
  try {
    const args = ['--expose-gc', script, contestant, scenario, file];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LONGEST_MS });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result;
  } catch (error) {
    if ((error as { killed?: boolean }).killed) return undefined;
    throw error;
  }
}

const results: Record<string, Record<string, Result>> = {};
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
const plain = path.join(folder, 'events.txt');
const named = path.join(folder, 'named-events.txt');
for (const [scenario, data] of Object.entries(scenarios)) {
  const row: Record<string, Result> = (results[scenario] = {});
  writeScenario(data, plain, false);
  writeScenario(data, named, true);
  for (let pass = 0; pass < PASSES; pass++) {
    for (const name of Object.keys(contestants)) {
      if (pass > 0 && row[name]?.ms === undefined) continue;
      const before = row[name];
      const now = await measure(name, scenario, name === 'anthropic' ? named : plain);
      console.error(scenario, name, now);
      row[name] = {
        ms: now?.ms === undefined ? before?.ms : Math.min(now.ms, before?.ms ?? Infinity),
        events: now?.events ?? 0,
        memoryMb: Math.min(now?.memoryMb ?? Infinity, before?.memoryMb ?? Infinity),
      };
    }
  }
}
await rm(folder, { recursive: true });

function cell(scenario: string, name: string): string {
  const floor = results[scenario]?.['floor']?.ms ?? 0;
  const { ms, events, memoryMb } = results[scenario]?.[name] ?? { ms: undefined, events: 0, memoryMb: 0 };
  if (ms === undefined) return `did not finish in ${LONGEST_MS / 1000} s`;
  const wrong = events === scenarios[scenario]?.events ? '' : `, ${events} events`;
  return `${(floor / ms).toFixed(2)} (${Math.round(ms)} ms, +${Math.round(memoryMb)} MB${wrong})`;
}

async function sizeOf(bundle: string | undefined): Promise<string> {
  if (!bundle) return '';
  // Some need what only Node has.
  const kb = await measureBundleKb(bundle, import.meta.dirname).catch(() => undefined);
  return kb === undefined ? 'not for pages' : kb.toFixed(1);
}

const sizes = await Promise.all(Object.values(contestants).map(({ bundle }) => sizeOf(bundle)));
const titles = ['size, KB', ...Object.values(scenarios).map(({ title }) => title)];
const table = [
  `| | ${titles.join(' | ')} |`,
  `|---|${titles.map(() => '---|').join('')}`,
  ...Object.entries(contestants).map(
    ([name, { title }], index) =>
      `| ${[title, sizes[index], ...Object.keys(scenarios).map((scenario) => cell(scenario, name))].join(' | ')} |`,
  ),
].join('\n');

const docs = path.join(import.meta.dirname, '../docs');
await mkdir(docs, { recursive: true });
await writeFile(
  path.join(docs, 'benchmark.md'),
  `# Benchmark

Speed relative to the floor (more is better), CPU time of one stream, and peak memory on top of what the process had before.
All read the same bytes, except that Anthropic's SDK drops events without a name that it knows. Of that SDK, Vercel's and
humanloop 0.8 only the stream is measured; of the others, as of this client, the whole call. The server of the last column
is another process. Memory is mostly V8's young generation, which grows with what survives it: this client keeps the text so
far, for \`partial\` and \`final()\`. Each figure is the best of ${PASSES} processes with 8 streams each, taken in turns, Node
${process.version}. Size is the whole client in a page, minified and gzipped with its dependencies. Made by \`pnpm bench\`.

${table}
`,
);
await writeFile(path.join(docs, 'benchmark.svg'), drawChart(results));
console.log(table);
