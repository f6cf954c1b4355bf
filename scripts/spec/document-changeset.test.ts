import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { writeDocumentChangeset } from './document-changeset.ts';
import { readFrontMatter } from './pending-changesets.ts';

let file = '';
beforeEach(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'changeset-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = path.join(folder, 'document.md');
});

const read = () => readFileSync(file, 'utf8');
const edit = (from: string, to: string) => writeFileSync(file, read().replace(from, to));

test('words that nobody edited follow the document, up and down', () => {
  expect(writeDocumentChangeset(file, 'patch', 'Nothing to do.')).toBe('written');
  expect(writeDocumentChangeset(file, 'major', 'Much to do.')).toBe('written');
  expect(read()).toContain('Much to do.');
  expect(read()).not.toContain('Nothing to do.');
  expect(writeDocumentChangeset(file, 'minor', 'Something new.')).toBe('written');
  expect(readFrontMatter(read())).toMatchObject({ '@humanloop-v4/types': 'minor', '@humanloop-v4/client': 'minor' });
});

test('words that somebody edited stay, and the bumps rise', () => {
  writeDocumentChangeset(file, 'patch', 'Nothing to do.');
  edit('Nothing to do.', 'Sleep well.');
  expect(writeDocumentChangeset(file, 'major', 'Much to do.')).toBe('kept');
  expect(read()).toContain('Sleep well.');
  expect(readFrontMatter(read())['@humanloop-v4/client']).toBe('major');
  expect(writeDocumentChangeset(file, 'minor', 'Something new.')).toBe('kept');
  expect(readFrontMatter(read())['@humanloop-v4/client']).toBe('major');
});

test('words that were only wrapped differently count as not edited', () => {
  writeDocumentChangeset(file, 'patch', 'Nothing to do.');
  edit('Nothing to', 'Nothing\nto');
  expect(writeDocumentChangeset(file, 'major', 'Much to do.')).toBe('written');
});

test('edited words are written over when asked to', () => {
  writeDocumentChangeset(file, 'patch', 'Nothing to do.');
  edit('Nothing to do.', 'Sleep well.');
  expect(writeDocumentChangeset(file, 'minor', 'Something new.', true)).toBe('written');
  expect(read()).toContain('Something new.');
});

test('a change that was undone takes its changeset with it, unless somebody edited it', () => {
  expect(writeDocumentChangeset(file, 'none', '')).toBe('none');
  writeDocumentChangeset(file, 'patch', 'Nothing to do.');
  expect(writeDocumentChangeset(file, 'none', '')).toBe('removed');
  writeDocumentChangeset(file, 'patch', 'Nothing to do.');
  edit('Nothing', 'Little');
  expect(writeDocumentChangeset(file, 'none', '')).toBe('kept');
});
