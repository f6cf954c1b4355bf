import type { Rule } from './redocly-types.ts';

const longestLine = 120;

/**
 * A description does not lose its paragraphs. Between two paragraphs of a folded YAML block (`>-`) one empty line is
 * not enough: it becomes a single line end, which Markdown reads as a blank. Such a text has line ends but is not
 * wrapped, and that is how this rule knows it. Write several paragraphs as a literal block (`|`).
 */
export const paragraphs: Rule = () => ({
  any: {
    enter({ description }, { location, report }) {
      if (typeof description !== 'string' || !/[^\n]\n[^\n]/.test(description)) return;
      if (!description.split('\n').some((line) => line.length > longestLine)) return;
      report({
        message: 'The description loses its paragraphs: write it as a literal block (|) in place of a folded one (>-).',
        location: location.child('description'),
      });
    },
  },
});
