import { defineConfig } from 'vitest/config';

/** For the tests that need neither Prism nor the mock running, which take seconds to start. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['test/{client-requests,wire,write-steps,reports}.test.ts'],
    maxWorkers: 2,
  },
});
