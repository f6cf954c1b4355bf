import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { highest, levels, type Level } from './diff/rules.ts';
import { asObject, asText } from './json.ts';

/** Packages whose version follows from the document. */
export const packages = [
  '@humanloop-v4/openapi',
  '@humanloop-v4/types',
  '@humanloop-v4/client',
  '@humanloop-v4/contract-tests',
] as const;
export type PackageName = (typeof packages)[number];

/** These have one version (`fixed` in .changeset/config.json), so what is written for one holds for both. */
const fixedTogether: readonly string[] = ['@humanloop-v4/openapi', '@humanloop-v4/types'];

/**
 * The bump that a judgement of the document demands of a package.
 *
 * Whoever uses the contract tests runs a command whose options do not follow from the document: for them a breaking
 * document means other tests, no broken code.
 */
export function demandedLevel(name: PackageName, judgement: Level): Level {
  return name === '@humanloop-v4/contract-tests' && judgement === 'major' ? 'minor' : judgement;
}

/**
 * The bump that the pending changesets write for each package.
 *
 * @param folder - the `.changeset` folder.
 */
export function readWrittenLevels(folder: string): Record<PackageName, Level> {
  const written = globSync('*.md', { cwd: folder })
    .filter((file) => file !== 'README.md')
    .flatMap((file) => Object.entries(readFrontMatter(readFileSync(path.join(folder, file), 'utf8'))));
  const levelOf = (name: PackageName) => {
    const names = fixedTogether.includes(name) ? fixedTogether : [name];
    return highest(written.filter(([other]) => names.includes(other)).map(([, level]) => level));
  };
  return Object.fromEntries(packages.map((name) => [name, levelOf(name)])) as Record<PackageName, Level>;
}

/** The packages and bumps at the top of a changeset. */
export function readFrontMatter(text: string): Record<string, Level> {
  const header = /^---\r?\n(.*?)\r?\n?---/s.exec(text)?.[1] ?? '';
  const entries = Object.entries(asObject(parse(header))).map(([name, level]) => [name, asText(level)] as const);
  const known = entries.filter(([, level]) => (levels as readonly string[]).includes(level));
  return Object.fromEntries(known) as Record<string, Level>;
}
