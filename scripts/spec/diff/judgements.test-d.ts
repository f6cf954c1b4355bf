/**
 * What the judgements in rules.ts say of the compiler, put to the compiler: code as a user wrote it, against the types
 * after the change. `tsc` fails on an expected error that does not come, and on one that comes unexpected.
 */

/** What an answer holds after a change. */
declare const answer: {
  closedEnum: 'a';
  openEnum: 'a' | (string & {});
  text: string;
  nullable: string | null;
  optional?: string;
  anything: unknown;
};

// enum-value-removed: `b` was a value of the closed enum.
// @ts-expect-error TS2367
export const isB = answer.closedEnum === 'b';

// known-value-removed: `b` was named in the open enum.
export const isStillB = answer.openEnum === 'b';

// enum-value-added: all values were handled.
export function handle(value: 'a' | 'b'): 'A' {
  switch (value) {
    case 'a':
      return 'A';
    default: {
      // @ts-expect-error TS2322
      const impossible: never = value;
      return impossible;
    }
  }
}

// type-removed: it was `string | number`.
// @ts-expect-error TS2339
export const fixed = typeof answer.text === 'number' ? answer.text.toFixed() : answer.text;

// null-added
// @ts-expect-error TS18047
export const length = answer.nullable.length;

// property-removed, property-made-optional
// @ts-expect-error TS2339
export const gone = answer.removed;
// @ts-expect-error TS18048
export const maybe = answer.optional.length;

// property-made-required: code that was ready for less compiles.
export const present: { text?: string } = answer;

// schema-removed
// @ts-expect-error TS18046
export const unknown = answer.anything.text;

// property-removed from a request, whether its body is open or closed
// @ts-expect-error TS2353
export const more: { a: string } = { a: '', b: '' };

// property-made-required, required-property-added
// @ts-expect-error TS2741
export const less: { a: string; b: string } = { a: '' };
