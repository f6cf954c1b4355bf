/** Runs the cases in a page, when the function that it leaves there is called. */
import { runCases } from './cases.ts';

Object.assign(globalThis, { runCases });
