import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Workshop } from './workshop.ts';

/** One check that a maintainer would run on a change. */
export interface Judge {
  /** A word for the table: `lint`, `types`. */
  name: string;
  /**
   * @param subject - what the change is about: which of the tests to ask first.
   * @returns what noticed the change, such as a test; null when nothing did.
   */
  run(workshop: Workshop, subject: string): Promise<string | null>;
}

export interface Verdict {
  /** The judge that noticed. */
  judge: string;
  /** The test, the rule or the line of the compiler. */
  by: string;
}

/**
 * Asks one judge after the other, the cheapest first, until one notices.
 *
 * @param prove - asked before a judge's first verdict counts: throws when it says the same of what is unchanged.
 */
export async function findKiller(
  workshop: Workshop,
  judges: readonly Judge[],
  subject: string,
  prove: (judge: Judge) => Promise<void>,
): Promise<Verdict | null> {
  for (const judge of judges) {
    const by = await judge.run(workshop, subject);
    if (by === null) continue;
    await prove(judge);
    return { judge: judge.name, by };
  }
  return null;
}

/**
 * Type-checks a package, and names the first error. That a name is no longer used is none: it tells how the mutant was
 * made, and not what it does.
 */
export function createTypeJudge(...packageFolders: string[]): Judge {
  return {
    name: 'types',
    async run(workshop) {
      for (const folder of packageFolders) {
        const { isFailure, text } = await workshop.run(folder, 'tsc', ...typeCheck);
        if (isFailure) return `tsc › ${folder}/${firstTypeError(text)}`;
      }
      return null;
    },
  };
}

const typeCheck = '--noEmit --pretty false --noUnusedLocals false --noUnusedParameters false'.split(' ');

/** `src/retry.ts(12,3): error TS2322: Type …` → `src/retry.ts:12 TS2322` */
function firstTypeError(text: string): string {
  const [, file, line, code] = /^(.+?)\((\d+),\d+\): error (TS\d+)/m.exec(text) ?? [];
  return file ? `${file}:${line} ${code}` : firstLine(text);
}

export interface TestFiles {
  folder: string;
  /** Parts of the names of test files; all when empty. */
  files?: string[];
  /** Parts of the names of those to leave out. */
  exclude?: string[];
  config?: string;
}

/** Runs tests up to the first that fails, and names it. */
export function createTestJudge(name: string, ...suites: TestFiles[]): Judge {
  return createOrderedTestJudge(name, () => suites);
}

/** The same, in an order that the subject of the change decides. */
export function createOrderedTestJudge(name: string, listSuites: (subject: string) => TestFiles[]): Judge {
  return {
    name,
    async run(workshop, subject) {
      for (const suite of listSuites(subject)) {
        const failing = await runTests(workshop, suite);
        if (failing !== null) return failing;
      }
      return null;
    },
  };
}

interface Report {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; ancestorTitles: string[]; title: string }[];
  }[];
}

interface Failure {
  name: string;
  /** What runs the test alone; left out where no test failed, but a whole file. */
  alone?: string[];
}

/** A test that fails and then passes, alone, was not failed by the mutant: the machine was busy. */
async function runTests(workshop: Workshop, suite: TestFiles): Promise<string | null> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    const failure = await findFailure(workshop, suite);
    if (!failure) return null;
    if (!failure.alone || (await findFailure(workshop, suite, failure.alone))) return `${suite.folder}/${failure.name}`;
  }
  return null;
}

async function findFailure(workshop: Workshop, suite: TestFiles, alone?: string[]): Promise<Failure | null> {
  const { folder, files = [], exclude = [], config } = suite;
  const report = path.join(workshop.folder, folder, 'test-results/mutant.json');
  rmSync(report, { force: true });
  const { isFailure, hangs, text } = await workshop.run(
    folder,
    'vitest',
    'run',
    ...(alone ?? [...files, ...exclude.flatMap((file) => ['--exclude', `**/${file}`])]),
    ...(config ? ['--config', config] : []),
    // The compiler has had its turn.
    '--typecheck.enabled=false',
    '--bail=1',
    '--testTimeout=30000',
    '--reporter=json',
    `--outputFile=${report}`,
  );
  const { numPassedTests, testResults } = readReport(report);
  // A run of no tests would pass.
  if (!isFailure && numPassedTests > 0) return null;
  if (hangs) return { name: 'hangs' };
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (!failed) continue;
    const file = path.relative(path.join(workshop.folder, folder), name);
    const title = [...failed.ancestorTitles, failed.title];
    const pattern = title.join(' > ').replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
    return { name: [file, ...title].join(' › '), alone: [file, '-t', `^${pattern}$`] };
  }
  const broken = testResults.find(({ status }) => status === 'failed');
  if (!broken) return { name: `vitest › ${firstLine(text)}` };
  return { name: `${path.relative(path.join(workshop.folder, folder), broken.name)} › ${firstLine(broken.message)}` };
}

function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { numPassedTests: 0, testResults: [] };
  }
}

/** The first line that says something, without the paths of this machine. */
export function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const line = lines.find((one) => /error|invalid/i.test(one)) ?? lines.find((one) => one !== '') ?? 'fails';
  return line.replaceAll(/(?:file:\/\/)?\/\S*\/(?=\S)/g, '').slice(0, 120);
}
