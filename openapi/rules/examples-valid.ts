import { readFileSync } from 'node:fs';
import { checkStream } from '../src/check-stream.ts';
import { createValidate, type Validate } from '../src/validate.ts';
import { childNodes, isNode, type Context, type Location, type Resolve, type Rule, atLine } from './redocly-types.ts';
import { selfContained, type SelfContained } from './self-contained.ts';

type Checker = SelfContained & { validate: Validate };

/**
 * The files of the examples keep to their schemas: JSON and text as a whole, a stream event by event. Redocly's own
 * rules check examples written into the YAML, but do not look into files.
 */
export const examplesValid: Rule = () => {
  const checkers = new Map<string, Checker>();
  const mediaType = {
    enter(mediaType: Record<string, unknown>, context: Context) {
      for (const [, { externalValue }] of childNodes(mediaType.examples)) {
        if (typeof externalValue !== 'string') continue;
        const file = context.resolve({ $ref: externalValue }, context.location.source.absoluteRef).location;
        if (!file) continue; // the rule example-files reports it
        if (mediaType.itemSchema === undefined)
          checkValue(file, checkerFor(mediaType.schema, 'schema', context), context);
        else checkEvents(file, checkerFor(mediaType.itemSchema, 'itemSchema', context), context);
      }
    },
  };
  return { RequestBody: { MediaType: mediaType }, Response: { MediaType: mediaType } };

  /** Compiling takes time, and many operations share a schema. */
  function checkerFor(schema: unknown, key: string, { location, resolve }: Context): Checker {
    const place = placeOf(schema, location.child(key), resolve);
    const known = checkers.get(place.absolutePointer);
    if (known) return known;
    const contained = selfContained(schema, location.child(key), resolve);
    const checker = { ...contained, validate: createValidate(contained.definitions) };
    checkers.set(place.absolutePointer, checker);
    return checker;
  }
};

/** A schema that is nothing but a reference is the same wherever it stands. */
function placeOf(schema: unknown, location: Location, resolve: Resolve): Location {
  const isReference = isNode(schema) && typeof schema.$ref === 'string' && Object.keys(schema).length === 1;
  return (isReference && resolve(schema, location.source.absoluteRef).location) || location;
}

function checkValue(file: Location, { schema, validate }: Checker, { report }: Context): void {
  const text = file.source.body;
  let value: unknown = text;
  if (file.source.absoluteRef.endsWith('.json')) {
    try {
      value = JSON.parse(text);
    } catch (error) {
      const line = /line (\d+)/.exec(String(error))?.[1] ?? '1';
      report({ message: `The example is not JSON: ${String(error)}.`, location: atLine(file.source, Number(line)) });
      return;
    }
  }
  for (const { pointer, message } of validate(schema, value)) {
    const location = { ...file, pointer: `#${pointer}` };
    report({ message: `The example breaks its schema: ${pointer} ${message}.`, location });
  }
}

function checkEvents(file: Location, { schema, definitions, validate }: Checker, { report }: Context): void {
  // Not source.body, in which Redocly has turned each CRLF into LF.
  const text = readFileSync(file.source.absoluteRef, 'utf8');
  for (const { line, message } of checkStream(text, schema, definitions, validate)) {
    report({ message: `The stream breaks its item schema: ${message}.`, location: atLine(file.source, line) });
  }
}
