import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Level } from './diff/rules.ts';
import { git, repository, UsageError } from './read-document.ts';

const documentPackage = '@humanloop-v4/openapi';
const tagPrefix = `${documentPackage}@`;

/**
 * The git tag of the newest release of the document. Pre-releases do not count: until the release that they lead to,
 * their changesets stay pending, and so all that changed since the last real release has to be covered.
 *
 * @throws {UsageError} when a release was made and its tag is not in this clone.
 */
export function newestReleaseTag(): string | undefined {
  const newest = newestReleased(documentPackage);
  if (newest !== undefined) return tagPrefix + newest;
  if (existsSync(path.join(repository, 'openapi/CHANGELOG.md'))) {
    throw new UsageError(
      `The document was released, and this clone has no tag ${tagPrefix}x.y.z. Fetch the tags: git fetch --tags`,
    );
  }
  return undefined;
}

export const neverReleased = `The document was never released: there is no tag ${tagPrefix}x.y.z.`;

/** The newest version of a package that was released, pre-releases left out, by its git tags. */
export function newestReleased(name: string): string | undefined {
  return git('tag', '--list', `${name}@*`)
    .toString()
    .split('\n')
    .map((tag) => tag.slice(name.length + 1))
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .toSorted(compareVersions)
    .at(-1);
}

/** How far a version has moved, a pre-release as far as the release that it leads to. */
export function levelBetween(released: string, current: string): Level {
  const [before, after] = [released, current].map((version) => version.split(/[.-]/).map(Number));
  const moved = [0, 1, 2].find((index) => before?.[index] !== after?.[index]);
  return (['major', 'minor', 'patch'] as const)[moved ?? 3] ?? 'none';
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
