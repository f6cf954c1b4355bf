import { expect, test } from 'vitest';
import { docstring } from '../src/docstring.ts';

const cases = [
  { name: 'one short line stays on one line', given: ['A log.'], want: '/** A log. */\n' },
  { name: 'nothing to say makes no block', given: [undefined, ''], want: '' },
  {
    name: 'text and tags are parted by an empty line, tags stand together',
    given: ['A log.', '@deprecated', '@returns it.'],
    want: '/**\n * A log.\n *\n * @deprecated\n * @returns it.\n */\n',
  },
  {
    name: 'paragraphs of a text stay apart',
    given: ['One.\n\nTwo.'],
    want: '/**\n * One.\n *\n * Two.\n */\n',
  },
  {
    name: 'lines of one paragraph are joined, items of a list are not',
    given: ['One\ntwo:\n\n- a\n- b'],
    want: '/**\n * One two:\n *\n * - a\n * - b\n */\n',
  },
  { name: 'the end of a comment in a text does not end the comment', given: ['a */ b'], want: '/** a *\\/ b */\n' },
];

test.for(cases)('$name', ({ given, want }) => {
  expect(docstring(given)).toBe(want);
});

test('long lines are wrapped within the width, tags with a hanging indent', () => {
  const words = 'word '.repeat(60);
  const lines = docstring([words, `@throws ${words}`], '  ')
    .trimEnd()
    .split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(lines.filter((line) => line.startsWith('   *   word')).length).toBeGreaterThan(1);
});
