import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeStaleMentions, findStaleMentions, findWrongCounts } from './mentions.ts';
import { readDocument, repository } from './read-document.ts';

const document = await readDocument(path.join(repository, 'openapi'));

test('what people wrote names no operation that the document does not have', () => {
  const sentences = describeStaleMentions(findStaleMentions(document, repository));
  expect(sentences, sentences.join('\n')).toEqual([]);
});

test('what people wrote about the number of paths and operations is so', () => {
  const sentences = findWrongCounts(document, repository);
  expect(sentences, sentences.join('\n')).toEqual([]);
});

describe('in a repository of two operations', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'mentions-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const write = (file: string, text: string) => writeFileSync(path.join(root, file), text);
  const small = {
    paths: { '/pots/{id}': { get: { operationId: 'Pots_get' } }, '/lids': { post: { operationId: 'Lids_add' } } },
  };

  beforeAll(() => {
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    write(
      'README.md',
      [
        'GET /pots/{id}, humanloop.pots.get(), humanloop.lids.addStream() and http://127.0.0.1:4010/v4/pots/7 are there,',
        'DELETE /pots/{id}, humanloop.pots.remove() and http://127.0.0.1:4010/v4/pans are not.',
      ].join('\n'),
    );
    write('a.ts', "call('Pots_get');\ncall('Pots_remove', 'Things_get');\ncall('Pots_remove'); // PUT /anything\n");
  });

  test('what is gone is found by id, by method and path, by call and by address', () => {
    expect(describeStaleMentions(findStaleMentions(small, root)).toSorted()).toEqual([
      '/v4/pans is not in the document any more, but named in README.md:2',
      'DELETE /pots/{id} is not in the document any more, but named in README.md:2',
      'Pots_remove is not in the document any more, but named in a.ts:2, 3',
      'humanloop.pots.remove is not in the document any more, but named in README.md:2',
    ]);
  });

  test('a wrong count is found', () => {
    write('counts.md', '2 paths and 3 operations,\n0 of which stream');
    expect(findWrongCounts(small, root, ['counts.md'])).toEqual([
      'counts.md:1 says "3 operations"; the document has 2',
    ]);
  });
});
