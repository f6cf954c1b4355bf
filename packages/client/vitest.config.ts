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
  },
});
