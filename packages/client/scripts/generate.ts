/**
 * Makes src/generated/ from the document. `--check` compares instead, and names what is stale.
 *
 * Usage: node scripts/generate.ts [--check]
 */
import path from 'node:path';
import { readDocument, runGenerator } from '@humanloop-v4/codegen';
import { generate } from './files.ts';

await runGenerator(path.join(import.meta.dirname, '../src/generated'), () => generate(readDocument()));
