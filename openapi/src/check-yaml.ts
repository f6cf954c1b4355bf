import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isScalar, LineCounter, parseDocument, visit } from 'yaml';

/**
 * Finds what is not YAML 1.2 in the files of the document, as `file:line:column reason`.
 *
 * Redocly would report it, too, but once more for each reference into the file: a page of errors for one.
 *
 * @param folder - the folder of the root file.
 */
export async function checkYaml(folder: string): Promise<string[]> {
  const files = globSync(['*.yaml', 'paths/**/*.yaml', 'schemas/**/*.yaml'], { cwd: folder }).toSorted();
  const problems = await Promise.all(
    files.map(async (file) =>
      findProblems(await readFile(path.join(folder, file), 'utf8')).map((at) => `${file}:${at}`),
    ),
  );
  return problems.flat();
}

/** As `line:column reason`. */
function findProblems(text: string): string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ message, pos: [offset] }) => ({ message, offset }));
  visit(document, {
    Pair(_, { key }) {
      // Prism, for one, takes it for a property named "<<".
      if (!isScalar(key) || key.value !== '<<') return;
      const message =
        'YAML 1.2 has no merge keys (<<), and not every tool knows them: write an alias for each property';
      problems.push({ message, offset: key.range?.[0] ?? 0 });
    },
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      problems.push({ message: `No anchor is named ${alias.source}`, offset: alias.range?.[0] ?? 0 });
    },
  });
  return problems.map(({ message, offset }) => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col} ${message}`;
  });
}
