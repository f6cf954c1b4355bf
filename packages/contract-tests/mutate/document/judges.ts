import { derive31 } from '../../../../openapi/src/derive-3-1.ts';
import type { Document as Bundle } from '../../../../openapi/src/document.ts';
import { lint, type Problem } from '../../../../openapi/test/lint.ts';
import { compareWithOriginal } from '../../../../openapi/test/v4-facts/compare-with-original.ts';
import type { Document } from '../../src/document/document.ts';
import { messageOf } from '../../src/errors.ts';
import { createTestJudge, createTypeJudge, firstLine, type Judge } from '../judge.ts';
import type { Workshop } from '../workshop.ts';
import { findLock } from './locks.ts';

const root = 'openapi/openapi.yaml';
const bundled = 'openapi/dist/openapi.json';

/** The document as it is built, in one file (3.2). */
export function readBundle(workshop: Workshop): string {
  return workshop.read(bundled);
}

/**
 * Puts a document in the place of the one that is written by hand, and builds from it as `pnpm build` does: JSON is YAML,
 * and the bundle of a document in one file is that file.
 */
export function putDocument(workshop: Workshop, text: string): void {
  workshop.write(root, text);
  workshop.write(bundled, text);
  try {
    workshop.write('openapi/dist/openapi-3.1.json', `${JSON.stringify(derive31(JSON.parse(text)), null, 2)}\n`);
  } catch {
    // What cannot be derived does not pass the linter either.
  }
}

/**
 * What a maintainer runs when the document has changed, the quickest first. Locks come after the
 * judges that know by themselves that a change is wrong, and before those that take long.
 *
 * @param known - problems of the linter that the unchanged document has in this form, in one file.
 */
export function createDocumentJudges(known: ReadonlySet<string>): Judge[] {
  const openapi = (...files: string[]) => ({ folder: 'openapi', files });
  return [
    { name: 'facts of v4', run: async (workshop) => findDifference(JSON.parse(readBundle(workshop))) },
    { name: 'lint', run: (workshop) => findProblem(workshop, known) },
    {
      name: 'lock',
      run: async (workshop) => findLock(derive31(JSON.parse(readBundle(workshop))) as unknown as Document),
    },
    { name: 'generator', run: generate },
    createTypeJudge('packages/codegen', 'packages/types', 'packages/client', 'packages/contract-tests'),
    createTestJudge(
      'tests',
      openapi('test/examples.test.ts', 'test/streams.test.ts', 'test/derive-3-1.test.ts'),
      { folder: 'packages/client', files: ['test/generated.test.ts'] },
      { folder: 'packages/contract-tests', config: 'mutate/vitest.config.ts' },
    ),
    createTestJudge(
      'slow tests',
      { folder: 'packages/contract-tests', files: ['client-mock', 'verdicts', 'check', 'mock.test'] },
      { folder: 'packages/types' },
      { folder: 'packages/client' },
      { folder: 'packages/contract-tests', exclude: ['mutations.test.ts'] },
    ),
  ];
}

/** The problems of the document in one file, as keys: the place where a rule speaks may move. */
export async function listProblems(workshop: Workshop): Promise<Set<string>> {
  return new Set((await lint([`${workshop.folder}/${root}`])).map(keyOf));
}

function keyOf({ rule, message }: Problem): string {
  return `${rule}: ${message}`;
}

async function findProblem(workshop: Workshop, known: ReadonlySet<string>): Promise<string | null> {
  try {
    const problems = await lint([`${workshop.folder}/${root}`]);
    const problem = problems.find((one) => !known.has(keyOf(one)));
    return problem ? `redocly lint › ${problem.rule}: ${firstLine(problem.message)}` : null;
  } catch (error) {
    return `redocly lint › ${firstLine(messageOf(error))}`;
  }
}

/** What openapi/test/v4-facts.test.ts says, without bundling the document anew. */
function findDifference(document: Bundle): string | null {
  const file = 'openapi/test/v4-facts.test.ts';
  try {
    const { unexplained, unused } = compareWithOriginal(document);
    if (unexplained[0])
      return `${file} › differs only where v4-differences.yaml says why: ${unexplained[0].slice(0, 80)}`;
    return unused[0]
      ? `${file} › has every difference that v4-differences.yaml explains: ${unused[0].slice(0, 80)}`
      : null;
  } catch (error) {
    return `${file} › ${firstLine(messageOf(error))}`;
  }
}

async function generate(workshop: Workshop): Promise<string | null> {
  const steps: [string, string, ...string[]][] = [
    ['packages/types', 'node', 'scripts/generate.ts'],
    ['packages/client', 'node', 'scripts/generate.ts'],
    ['packages/types', 'tsc', '-p', 'tsconfig.build.json', '--pretty', 'false'],
    ['packages/client', 'tsdown'],
  ];
  for (const [folder, program, ...args] of steps) {
    const { isFailure, text } = await workshop.run(folder, program, ...args);
    if (isFailure) return `${[folder, program, ...args].slice(0, 3).join(' ')} › ${firstLine(text)}`;
  }
  return null;
}
