import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = globSync(['*.md', 'docs/**/*.md', 'openapi/*.md', 'packages/*/*.md', 'packages/*/docs/*.md'], {
  cwd: root,
}).filter((page) => !page.endsWith('CHANGELOG.md'));

/** A TypeScript block of a page, and the file it says it comes from. */
interface Snippet {
  code: string;
  source: string | undefined;
}

function readSnippets(markdown: string): Snippet[] {
  const blocks = markdown.matchAll(/(?:<!-- from (?<source>\S+) -->\n+)?```ts\n(?<code>.*?)```/gs);
  return [...blocks].map(({ groups }) => ({ code: groups?.['code'] ?? '', source: groups?.['source'] }));
}

describe.each(pages)('%s', (page) => {
  const markdown = readFileSync(join(root, page), 'utf8');

  test('each TypeScript snippet is the content of the file it names', () => {
    for (const { code, source } of readSnippets(markdown)) {
      expect(source, `a snippet that names no file:\n${code}`).toBeDefined();
      expect(readFileSync(join(root, dirname(page), source ?? ''), 'utf8')).toContain(code);
    }
  });

  test('each relative link leads to a file', () => {
    for (const [, link] of markdown.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
      expect(globSync(join(root, dirname(page), link ?? '')), `link ${link}`).not.toEqual([]);
    }
  });
});
