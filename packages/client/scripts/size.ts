/**
 * Measures what an import costs, minified and gzipped with all dependencies, and compares it with its budget, which is
 * what the README says.
 *
 * Usage: node scripts/size.ts (after `pnpm build`)
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { measureBundleKb } from './bundle-size.ts';

interface Entry {
  title: string;
  code: string;
  /** What it may cost now, KB of 1000 bytes. */
  budgetKb: number;
  /** What it is to cost, where that is not reached. */
  targetKb?: number;
}

const entries: Entry[] = [
  { title: 'core: createClient', code: `export { createClient } from './dist/index.js'`, budgetKb: 10.5, targetKb: 8 },
  { title: 'everything', code: `export * from './dist/index.js'`, budgetKb: 15.6, targetKb: 13 },
  { title: 'telemetry', code: `export * from './dist/otel.js'`, budgetKb: 2 },
];

for (const { title, code, budgetKb, targetKb } of entries) {
  const kb = await measureBundleKb(code, path.join(import.meta.dirname, '..'));
  const target = targetKb ? `, target ${targetKb} not reached` : '';
  console.log(`${kb <= budgetKb ? 'ok  ' : 'OVER'} ${title}: ${kb.toFixed(3)} KB, budget ${budgetKb}${target}`);
  if (kb > budgetKb) process.exitCode = 1;
}

const [core, everything] = entries;
const claim = `\`createClient\` is below ${core?.budgetKb} KB and everything below ${everything?.budgetKb} KB`;
const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8').replaceAll(/\s+/g, ' ');
if (!readme.includes(claim)) {
  console.log(`README.md must say: ${claim}`);
  process.exitCode = 1;
}
