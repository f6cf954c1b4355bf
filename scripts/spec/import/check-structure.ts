import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runRedocly } from '../../../openapi/src/redocly.ts';
import { asArray, asObject, asText, type JsonObject } from '../json.ts';
import { UsageError } from '../read-document.ts';

const config = path.join(import.meta.dirname, 'struct.redocly.yaml');
/** What a response lacked until OpenAPI 3.2, to which an import upgrades, stopped asking for it; it is prose. */
const isOptionalSince32 = (problem: string): boolean => problem.startsWith('The field `description` must be present');
/** More problems than this are counted, not listed. */
const listedProblems = 10;

/**
 * Refuses a document that has other fields, or values of other types, than OpenAPI gives it.
 *
 * @param document - its references are known to lead somewhere; Redocly gives up where they do not.
 * @throws {UsageError} one message that names each place.
 */
export async function checkStructure(document: JsonObject, source: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spec-structure-'));
  try {
    const file = path.join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const { stdout, stderr, isFailure } = await runRedocly(['lint', file, '--config', config, '--format', 'json']);
    if (!isFailure) return;
    const reported = readProblems(stdout) ?? [stderr.trim().split('\n')[0] ?? ''];
    const problems = reported.filter((problem) => !isOptionalSince32(problem));
    if (problems.length === 0) return;
    const more = problems.length - listedProblems;
    const listed = [...problems.slice(0, listedProblems), ...(more > 0 ? [`and ${more} more`] : [])];
    throw new UsageError(`${source} is not OpenAPI:\n${listed.map((line) => `  ${line}`).join('\n')}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `the field … must be present (at #/paths)`; undefined when it is no report. */
function readProblems(report: string): string[] | undefined {
  try {
    return asArray(asObject(JSON.parse(report))['problems']).map((problem) => {
      const { message, location } = asObject(problem);
      return `${asText(message).trim()} (at ${asText(asObject(asArray(location)[0])['pointer'])})`;
    });
  } catch {
    return undefined; // Redocly stopped before it wrote one; what it said on the way stands in its place
  }
}
