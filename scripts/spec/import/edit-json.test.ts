import { describe, expect, test } from 'vitest';
import { addNull, removeProperty } from './edit-json.ts';

const text = `{
  "id": "log_1",
  "tags": ["a"],
  "inputs": { "shop": "Kettles", "x": { "y": 1 } },
  "list": [
    { "one": 1 },
    {
      "two": 2
    }
  ]
}
`;

describe('a property that goes', () => {
  test.each([
    { pointer: '/id', want: text.replace('  "id": "log_1",\n', '') },
    { pointer: '/tags', want: text.replace('  "tags": ["a"],\n', '') },
    { pointer: '/list', want: text.replace(/,\n {2}"list"[^]*\]/, '') },
    { pointer: '/inputs/shop', want: text.replace('"shop": "Kettles", ', '') },
    { pointer: '/inputs/x', want: text.replace(', "x": { "y": 1 }', '') },
    { pointer: '/list/0/one', want: text.replace('{ "one": 1 }', '{}') },
    { pointer: '/nothing', want: text },
    { pointer: '/list/7/one', want: text },
  ])('takes its comma with it, and leaves the rest as it is: $pointer', ({ pointer, want }) => {
    expect(removeProperty(text, pointer)).toBe(want);
  });
});

describe('a property that comes as null', () => {
  test.each([
    { pointer: '/stdout', want: text.replace(/\n\}\n$/, ',\n  "stdout": null\n}\n') },
    { pointer: '/inputs/stdout', want: text.replace('{ "y": 1 } }', '{ "y": 1 }, "stdout": null }') },
    { pointer: '/list/1/stdout', want: text.replace('"two": 2', '"two": 2,\n      "stdout": null') },
    { pointer: '/nothing/stdout', want: text },
  ])('stands last, on a line of its own where the others do: $pointer', ({ pointer, want }) => {
    expect(addNull(text, pointer)).toBe(want);
  });
});
