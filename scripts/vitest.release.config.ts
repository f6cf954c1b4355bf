import { defineConfig } from 'vitest/config';

/** `pnpm release:e2e`: the release story against a real registry. Minutes, not seconds, so it stands apart. */
export default defineConfig({
  test: {
    include: ['release-test/*.e2e.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    bail: 1,
  },
});
