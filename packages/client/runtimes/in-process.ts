/** Runs the cases in Node, Bun and Deno: `node in-process.ts TARGET`, with the target as JSON. Prints the results as JSON. */
import process from 'node:process';
import { runCases, type Target } from './cases.ts';

console.log(JSON.stringify(await runCases(JSON.parse(process.argv[2] ?? '') as Target)));
// What a failed case leaves open must not keep the process.
process.exit();
