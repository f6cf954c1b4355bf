/**
 * Changes the document in one place at a time and tells which check of the suite notices: `pnpm mutate [places]`.
 * Exits with 1 when a change survives that `survivors.txt` does not explain.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../src/document/document.ts';
import { toFragment } from '../src/document/pointer.ts';
import { documentMutations } from './document-mutations.ts';
import { findKiller } from './judge.ts';
import { pickPlaces } from './pick-places.ts';

const places = Number(process.argv[2] ?? 5);
const document = await readDocument();
const explained = readFileSync(path.join(import.meta.dirname, 'survivors.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('- '))
  .map((line) => line.slice(2).split(':')[0]);
const survivors: string[] = [];
const used = new Set<string>();
let killed = 0;

for (const mutation of documentMutations) {
  const killers = new Map<string, number>();
  for (const place of pickPlaces(mutation.places(document), places)) {
    const copy = structuredClone(document);
    mutation.apply(copy, place);
    const killer = findKiller(copy)?.replace(/ \(.*/, '') ?? null;
    if (killer !== null) {
      killed += 1;
      killers.set(killer, (killers.get(killer) ?? 0) + 1);
    } else if (explained.includes(mutation.name)) {
      used.add(mutation.name);
      killers.set('explained', (killers.get('explained') ?? 0) + 1);
    } else survivors.push(`${mutation.name} at ${toFragment(place)}`);
  }
  console.log(`${mutation.name}: ${[...killers].map(([name, count]) => `${name} ${count}`).join(', ') || 'nowhere'}`);
}

console.log(`\n${documentMutations.length} kinds, ${killed} noticed, ${survivors.length} survived`);
for (const survivor of survivors) console.log(`  ${survivor}`);
if (survivors.length > 0) process.exitCode = 1;
