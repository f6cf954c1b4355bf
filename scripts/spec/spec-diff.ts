/**
 * `pnpm spec:diff [base] [revision] [--json | --markdown]`: what changed between two OpenAPI documents, each change
 * judged. Base and revision are files or git revisions; without them, the last release and the working tree.
 */
import { parseArgs } from 'node:util';
import { compareDocuments } from './diff/compare-documents.ts';
import { toJson, toMarkdown, toText } from './diff/report.ts';
import { ourDocument, readDocument, repository, UsageError } from './read-document.ts';
import { neverReleased, newestReleaseTag } from './released.ts';
import { runCommand } from './run-command.ts';

await runCommand(async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, markdown: { type: 'boolean' } },
  });
  if (positionals.length > 2) throw new UsageError('Usage: pnpm spec:diff [base] [revision] [--json | --markdown]');
  const base = positionals[0] ?? newestReleaseTag();
  if (base === undefined) {
    throw new UsageError(`${neverReleased} Name a base: pnpm spec:diff <file or git revision> [revision]`);
  }
  const revision = positionals[1] ?? `${repository}/${ourDocument}`;
  const names = [base, positionals[1] ?? 'the working tree'] as const;
  const changes = compareDocuments(await readDocument(base), await readDocument(revision));
  if (values.json) console.log(toJson(...names, changes));
  else if (values.markdown) console.log(toMarkdown(...names, changes));
  else console.log(toText(...names, changes, process.stdout.isTTY));
});
