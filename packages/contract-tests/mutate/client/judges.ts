import { createOrderedTestJudge, createTestJudge, createTypeJudge, firstLine, type Judge } from '../judge.ts';

const client = 'packages/client';

/** The tests of the client that are likely to notice, by the subject of the mutation. */
const likely: Record<string, string[]> = {
  requests: ['generated.test.ts', 'requests.test.ts', 'options.test.ts', 'mistakes.test.ts'],
  middleware: ['middleware.test.ts', 'requests.test.ts', 'mistakes.test.ts'],
  'attempts, redirects': ['attempts.test.ts', 'redirects.test.ts', 'redaction.test.ts'],
  'deadlines, aborts': ['sockets.test.ts', 'leaving.test.ts'],
  'answers, errors, pages': [
    'answers.test.ts',
    'wrong-body.test.ts',
    'errors.test.ts',
    'paging.test.ts',
    'logs.test.ts',
    'leniency.test.ts',
  ],
  'streams on the wire': ['event-stream.test.ts', 'wrong-body.test.ts', 'leniency.test.ts'],
  'streams in the hand': ['helpers.test.ts', 'leaving.test.ts', 'testing-kit.test.ts'],
};

/** What a maintainer runs when the client has changed, the quickest first. */
export const clientJudges: Judge[] = [
  createTypeJudge(client),
  createOrderedTestJudge('client tests', (subject) => {
    const files = likely[subject] ?? [];
    const rest = { folder: client, exclude: files };
    return files.length > 0 ? [{ folder: client, files }, rest] : [rest];
  }),
  {
    // What comes after uses what is built.
    name: 'build',
    async run(workshop) {
      const { isFailure, text } = await workshop.run(client, 'tsdown');
      return isFailure ? `tsdown › ${firstLine(text)}` : null;
    },
  },
  createTestJudge(
    'contract tests',
    { folder: 'packages/contract-tests', config: 'mutate/vitest.config.ts' },
    { folder: 'packages/contract-tests', files: ['client-mock', 'faults'] },
  ),
];
