import type { TestProject } from 'vitest/node';
import { startMock } from '../src/mock/mock.ts';
import { startPrism } from '../src/targets/prism.ts';
import { clearParts } from './coverage-parts.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Base URL of Prism, started as other people start it. */
    prismUrl: string;
    /** Whether files of verdicts are written anew (`-u`). */
    updatesVerdicts: boolean;
    /** Base URL of our mock. */
    mockUrl: string;
  }
}

/** Starts both servers once for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  clearParts();
  const [prism, mock] = await Promise.all([startPrism(), startMock()]);
  project.provide('updatesVerdicts', project.config.snapshotOptions.updateSnapshot === 'all');
  project.provide('prismUrl', prism.baseUrl);
  project.provide('mockUrl', mock.baseUrl);
  return async () => {
    await Promise.all([prism.close(), mock.close()]);
  };
}
