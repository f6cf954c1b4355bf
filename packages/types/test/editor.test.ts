import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** Each mark is a place that the tests ask the editor about. */
const SOURCE = `
import type { ChatResponse, ChatsCreateDeployedParams, LogsListParams } from '@humanloop-v4/types';
declare const response/*response*/: ChatResponse;
const finishReason = response.data[0]?.finish_reason;
switch (finishReason) { case '/*case*/': break; }
declare const request: ChatsCreateDeployedParams;
request.project_id/*body*/;
declare const query: LogsListParams;
query.project_id/*query*/;
const sample/*sample*/ = response.data[0];
`;
const FILE = join(import.meta.dirname, 'editor-source.ts');
const editor = openEditor();

describe('an editor that has the built package', () => {
  test('completes the known values of an open enum', () => {
    const entries = editor.getCompletionsAtPosition(FILE, SOURCE.indexOf('/*case*/'), undefined)?.entries ?? [];
    expect(entries.map((entry) => entry.name).toSorted()).toEqual(['length', 'stop', 'tool_call']);
  });

  test('calls types by their names', () => {
    expect(hover('response').code).toBe('const response: ChatResponse');
    expect(hover('sample').code).toBe('const sample: ChatDataResponse | undefined');
  });

  test("shows the document's words on a property, though a flat request gathers it from elsewhere", () => {
    expect(hover('body').words).toMatch(/^Id of the project/);
    expect(hover('query').words).toMatch(/^Id of the project/);
  });
});

function hover(mark: string): { code: string; words: string } {
  const info = editor.getQuickInfoAtPosition(FILE, SOURCE.indexOf(`/*${mark}*/`) - 1);
  return { code: ts.displayPartsToString(info?.displayParts), words: ts.displayPartsToString(info?.documentation) };
}

function openEditor(): ts.LanguageService {
  return ts.createLanguageService({
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => import.meta.dirname,
    getCompilationSettings: () => ({
      module: ts.ModuleKind.NodeNext,
      strict: true,
      noUncheckedIndexedAccess: true,
      types: [],
    }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file === FILE || existsSync(file),
    readFile: read,
    directoryExists: (folder) => existsSync(folder),
  });
}

function read(file: string): string | undefined {
  if (file === FILE) return SOURCE;
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
