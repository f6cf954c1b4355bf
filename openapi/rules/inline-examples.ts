import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Rule } from './redocly-types.ts';

/**
 * Decorator: puts the files that examples refer to into the bundle.
 *
 * A `.json` file becomes `value`; any other file becomes `serializedValue`, byte for byte. Redocly would inline them by
 * itself, but as `value` and with each CRLF turned into LF, which is just what a stream example has to show.
 *
 * @see https://spec.openapis.org/oas/v3.2.0.html#example-object
 */
export const inlineExamples: Rule = () => ({
  Example: {
    enter(example, { location, report }) {
      if (typeof example.externalValue !== 'string') return;
      const file = path.resolve(path.dirname(location.source.absoluteRef), example.externalValue);
      try {
        const text = readFileSync(file, 'utf8');
        if (file.endsWith('.json')) example.value = JSON.parse(text);
        else example.serializedValue = text;
      } catch (error) {
        report({ message: String(error), location: location.child('externalValue') });
      }
      delete example.externalValue; // else Redocly does it again
    },
  },
});
