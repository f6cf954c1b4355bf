import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { atLine, type LineLocation, type Rule } from './redocly-types.ts';

/**
 * Examples and their files belong together: each file that an example names exists, and each file in `examples/` beside
 * the root file is named by an example.
 */
export const exampleFiles: Rule = () => {
  const named = new Set<string>();
  return {
    Example: {
      enter({ externalValue }, { location, report }) {
        if (typeof externalValue !== 'string') return;
        const file = path.resolve(path.dirname(location.source.absoluteRef), externalValue);
        named.add(file);
        if (existsSync(file)) return;
        report({ message: `The file ${externalValue} does not exist.`, location: location.child('externalValue') });
      },
    },
    Root: {
      leave(_, { location, report }) {
        const folder = path.join(path.dirname(location.source.absoluteRef), 'examples');
        for (const entry of globSync('**/*.*', { cwd: folder }).toSorted()) {
          const file = path.join(folder, entry);
          if (!named.has(file))
            report({ message: 'No example of the document names this file.', location: startOf(file) });
        }
      },
    },
  };
};

function startOf(file: string): LineLocation {
  const body = readFileSync(file, 'utf8');
  return atLine({ absoluteRef: file, body, getLines: () => body.split('\n') }, 1);
}
