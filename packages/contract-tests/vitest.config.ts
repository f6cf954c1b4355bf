import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // A slow machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each worker loads Prism and compiles the document's schemas; more workers than cores only repeats that work.
    maxWorkers: 2,
  },
});
