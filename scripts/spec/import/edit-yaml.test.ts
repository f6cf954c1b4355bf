import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { editYaml } from './edit-yaml.ts';

const text = `# Things.

Thing:
  # Why it is open.
  type: object
  description: >-
    A thing, said
    at length.
  required: [a, b]
  properties:
    a: {type: string} # the first
    b:
      type: string

# Others.
Other: &other
  type: string
Third:
  <<: *other
  format: date
`;

const edit = (change: (value: ReturnType<typeof parse>) => void) => {
  const value: unknown = parse(text, { merge: true });
  change(value);
  const edited = editYaml(text, value as Record<string, unknown>);
  expect(parse(edited, { merge: true })).toEqual(value);
  return edited;
};

test('a text that says the same already stays as it is', () => {
  expect(edit(() => undefined)).toBe(text);
});

test('a removed entry takes its lines and nothing else', () => {
  expect(edit((value) => delete value.Thing.properties.b)).toBe(text.replace('    b:\n      type: string\n', ''));
});

test('an added entry stands after its sibling, with the indent of its place', () => {
  const edited = edit((value) => {
    value.Thing.properties = { a: value.Thing.properties.a, c: { type: 'integer' }, b: value.Thing.properties.b };
  });
  expect(edited).toBe(text.replace('    b:\n', '    c:\n      type: integer\n    b:\n'));
});

test('a changed value is written anew, and comments elsewhere stay', () => {
  const edited = edit((value) => {
    value.Thing.required = ['a'];
  });
  expect(edited).toBe(text.replace('[a, b]', '[a]'));
});

test('an entry with a merge key is written out', () => {
  const edited = edit((value) => {
    value.Third.format = 'time';
  });
  expect(edited).toBe(text.replace('  <<: *other\n  format: date\n', '  type: string\n  format: time\n'));
});

test('a text that looks like a date is quoted, since readers of YAML 1.1 would make it one', () => {
  expect(editYaml('', { example: '2024-07-01' })).toBe("example: '2024-07-01'\n");
});

test('an object that loses all its entries is still an object', () => {
  const edited = edit((value) => {
    value.Thing.properties.b = {};
  });
  expect(edited).toContain('    b: {}\n');
});
