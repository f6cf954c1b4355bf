import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Far above what a test takes: a loaded machine must not fail one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: ['test/**/*.test.ts'],
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] },
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    coverage: {
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json'],
      reportsDirectory: 'test-results/coverage',
      // What is left, all of it branches for what is not there: globals that only other runtimes lack (`setImmediate`,
      // `unref`; `pnpm run runtimes` goes through them), bodies and targets of redirects that Node never leaves out, and
      // fields that the document requires and a server may forget, in more combinations than the tests try.
      thresholds: { branches: 95 },
    },
  },
});
