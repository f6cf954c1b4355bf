import { defineConfig } from 'vitest/config';

const setup = ['test/global-setup.ts'];
/** Adds up what the other test files have covered, so it runs after them. */
const last = 'test/coverage.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // Each worker loads Prism and compiles the document's schemas; more workers than cores only repeats that work.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [last],
          globalSetup: setup,
          // A slow machine is no failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'coverage', include: [last], sequence: { groupOrder: 1 } } },
    ],
  },
});
