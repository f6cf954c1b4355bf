/**
 * Breaks the document and the client in one place at a time, and tells which check of the repository notices:
 *
 *     pnpm mutate [--document|--client] [--places N] [--only PART-OF-A-KIND] [--jobs N] [--minutes N]
 *
 * Exits with 1 when a mutant survives that survivors.txt does not explain, or an entry of survivors.txt is out of date;
 * with 2 when mutants could not be judged. A run of all kinds writes the scores into README.md and docs/.
 */
import { messageOf } from '../src/errors.ts';
import { toFragment } from '../src/document/pointer.ts';
import { clientMutations } from './client/index.ts';
import { clientJudges } from './client/judges.ts';
import { applyEdit } from './client/mutation.ts';
import { documentMutations } from './document/index.ts';
import { createDocumentJudges, listProblems, putDocument, readBundle } from './document/judges.ts';
import { findKiller, type Judge } from './judge.ts';
import type { Mutant, Result } from './mutant.ts';
import { readOptions, type MutateOptions } from './options.ts';
import { pickPlaces } from './pick-places.ts';
import { findReason, findStale, readSurvivors } from './survivors.ts';
import { listKinds, summarize, writeScore } from './table.ts';
import { openWorkshop, stopCommands, type Workshop } from './workshop.ts';

/** A mutant, and how it is made. */
interface Plan extends Mutant {
  put: (workshop: Workshop) => void;
}

/** One of the two things that are broken, with those who should notice. */
interface Side {
  name: Mutant['side'];
  plans: Plan[];
  /** For people: in how many places each kind is tried. */
  places: string;
  judges: Judge[];
  /** The judges that build what the ones after them look at. */
  builders: string[];
  restore: (workshop: Workshop) => void;
}

const survivors = readSurvivors();
const workshops: Workshop[] = [];
process.on('exit', () => {
  stopCommands();
  for (const workshop of workshops) workshop.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(2));

try {
  const options = readOptions(process.argv.slice(2));
  for (let job = 0; job < options.jobs; job++) workshops.push(openWorkshop(workshops[0]));
  const sides = [
    ...(options.document ? [await prepareDocument(options)] : []),
    ...(options.client ? [prepareClient(options)] : []),
  ];
  if (sides.every(({ plans }) => plans.length === 0)) throw new Error(`No kind's name contains "${options.only}".`);
  const results: Result[] = [];
  for (const side of sides) {
    const ofSide = await judgeSide(side, performance.now() + options.minutes * 60_000);
    const judges = side.judges.map(({ name }) => name);
    console.log(`\n${listKinds(ofSide)}\n\n${summarize(ofSide, judges)}\n`);
    if (options.only === '') writeScore(side.name, ofSide, side.plans.length, judges, side.places);
    results.push(...ofSide);
  }
  process.exitCode = tellFaults(results) ? 1 : 0;
} catch (error) {
  console.error(messageOf(error));
  process.exit(2);
}

async function prepareDocument({ only, places }: MutateOptions): Promise<Side> {
  const [workshop] = workshops as [Workshop];
  const original = readBundle(workshop);
  const restore = (one: Workshop): void => putDocument(one, original);
  for (const one of workshops) restore(one);
  const document = JSON.parse(original);
  const plans = Object.entries(documentMutations).flatMap(([subject, mutations]) =>
    mutations
      .filter(({ name }) => name.includes(only))
      .flatMap(({ name, places: list, apply }) =>
        pickPlaces(list(document), places).map((place): Plan => {
          const put = (one: Workshop): void => {
            const copy = JSON.parse(original);
            apply(copy, place);
            putDocument(one, `${JSON.stringify(copy, null, 2)}\n`);
          };
          return { side: 'document', subject, kind: name, place: toFragment(place), put };
        }),
      ),
  );
  const judges = createDocumentJudges(await listProblems(workshop));
  return { name: 'document', plans, places: `in at most ${places} places`, judges, builders: ['generator'], restore };
}

function prepareClient({ only }: MutateOptions): Side {
  const [workshop] = workshops as [Workshop];
  const source = (file: string): string => `packages/client/src/${file}`;
  const originals = new Map<string, string>();
  const plans = Object.entries(clientMutations).flatMap(([subject, mutations]) =>
    mutations
      .filter(({ name }) => name.includes(only))
      .flatMap(({ name, edits }) =>
        edits.map((edit): Plan => {
          const file = source(edit.file);
          const original = originals.get(file) ?? workshop.read(file);
          originals.set(file, original);
          const { text, line } = applyEdit(original, edit);
          const put = (one: Workshop): void => one.write(file, text);
          return { side: 'client', subject, kind: name, place: `${edit.file}:${line}`, put };
        }),
      ),
  );
  const restore = (one: Workshop): void => {
    for (const [file, text] of originals) one.write(file, text);
  };
  return {
    name: 'client',
    plans,
    places: 'in the places that it names',
    judges: clientJudges,
    builders: ['build'],
    restore,
  };
}

/** Judges all mutants of one side, one in each workshop at a time. */
async function judgeSide({ name, plans, judges, builders, restore }: Side, until: number): Promise<Result[]> {
  const proofs = new Map<Judge, Promise<void>>();
  const results: Result[] = [];
  // The first place of each kind, then the second of each: so all kinds have their turn where time is short.
  const queue = [...Map.groupBy(plans, ({ kind }) => kind).values()]
    .flatMap((ofKind) => ofKind.map((plan, round) => ({ plan, round })))
    .toSorted((a, b) => a.round - b.round);
  let next = 0;
  const work = async (workshop: Workshop): Promise<void> => {
    // A judge that also refuses what is unchanged would make every mutant look noticed.
    const prove = (judge: Judge): Promise<void> => {
      const proof = proofs.get(judge) ?? check(workshop, judge);
      proofs.set(judge, proof);
      return proof;
    };
    const check = async (one: Workshop, judge: Judge): Promise<void> => {
      restore(one);
      for (const step of [...judges.filter((other) => builders.includes(other.name) && other !== judge), judge]) {
        // Once more before it is believed: a test that waits may fail on a machine that is busy.
        const by = (await step.run(one, '')) && (await step.run(one, ''));
        if (by !== null) throw new Error(`The unchanged ${name} does not pass: ${by}`);
      }
    };
    for (let entry; performance.now() < until && (entry = queue[next++]);) {
      const { put, ...mutant } = entry.plan;
      put(workshop);
      const verdict = await findKiller(workshop, judges, mutant.subject, prove);
      restore(workshop);
      const reason = verdict ? undefined : findReason(survivors, mutant);
      results.push({ ...mutant, verdict, reason });
      const outcome = verdict ? `${verdict.judge}: ${verdict.by}` : reason ? `lives: ${reason}` : 'SURVIVES';
      console.log(`[${results.length}/${plans.length}] ${mutant.kind} (${mutant.place}) — ${outcome}`);
    }
    // The next side builds on what is unchanged.
    for (const judge of judges.filter((other) => builders.includes(other.name))) await judge.run(workshop, '');
  };
  await Promise.all(workshops.map(work));
  return results.toSorted((a, b) => plans.findIndex(same(a)) - plans.findIndex(same(b)));
}

function same(a: Mutant): (b: Mutant) => boolean {
  return (b) => a.kind === b.kind && a.place === b.place;
}

/** @returns whether there is one. */
function tellFaults(results: readonly Result[]): boolean {
  const unexplained = results.filter(({ verdict, reason }) => !verdict && !reason);
  const stale = findStale(survivors, results);
  const killed = results.filter(({ verdict }) => verdict).length;
  console.log(`${results.length} mutants, ${killed} noticed, ${results.length - killed} survived.`);
  for (const { kind, place } of unexplained) console.log(`Nobody notices: ${kind} (${place})`);
  for (const line of stale) console.log(`survivors.txt: this one is noticed now, so the line can go: ${line}`);
  return unexplained.length + stale.length > 0;
}
