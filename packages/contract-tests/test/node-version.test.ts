import { expect, test } from 'vitest';
import { requireNode } from '../src/cli/node-version.ts';

test.each(['24.18.0', '24.20.1', '26.0.0'])('Node %s is new enough', (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

test.each(['20.20.2', '22.12.0', '24.17.9'])('Node %s is too old, and the message says what to do', (version) => {
  expect(() => requireNode(version)).toThrow(
    expect.objectContaining({ code: 'old-node', message: expect.stringMatching(/is too old.*npx -p node@24/) }),
  );
});
