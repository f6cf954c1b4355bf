import { existsSync } from 'node:fs';
import path from 'node:path';
import { git, repository, UsageError } from './read-document.ts';

const tagPrefix = '@humanloop-v4/openapi@';

/**
 * The git tag of the newest release of the document. Pre-releases do not count: until the release that they lead to,
 * their changesets stay pending, and so all that changed since the last real release has to be covered.
 *
 * @throws {UsageError} when a release was made and its tag is not in this clone.
 */
export function newestReleaseTag(): string | undefined {
  const versions = git('tag', '--list', `${tagPrefix}*`)
    .toString()
    .split('\n')
    .map((tag) => tag.slice(tagPrefix.length))
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .toSorted(compareVersions);
  const newest = versions.at(-1);
  if (newest !== undefined) return tagPrefix + newest;
  if (existsSync(path.join(repository, 'openapi/CHANGELOG.md'))) {
    throw new UsageError(
      `The document was released, and this clone has no tag ${tagPrefix}x.y.z. Fetch the tags: git fetch --tags`,
    );
  }
  return undefined;
}

export const neverReleased = `The document was never released: there is no tag ${tagPrefix}x.y.z.`;

function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
