import { readFileSync } from 'node:fs';
import { checkStream } from '../src/check-stream.ts';
import { createValidate, type Validate } from '../src/validate.ts';
import {
  atLine,
  childNodes,
  isNode,
  type Hook,
  type LineLocation,
  type Location,
  type Resolve,
  type Rule,
} from './redocly-types.ts';
import { selfContained, type SelfContained } from './self-contained.ts';

/** A schema that examples are checked against. */
interface Checker extends SelfContained {
  validate: Validate;
  /** Files that have been checked already: many operations share a schema and its examples. */
  checkedFiles: Set<string>;
}

interface Problem {
  message: string;
  location: Location | LineLocation;
}

/**
 * The files of the examples keep to their schemas: JSON and text as a whole, a stream event by event. Redocly's own
 * rules check examples written into the YAML, but do not look into files.
 */
export const examplesValid: Rule = () => {
  const checkers = new Map<string, Checker>();

  const checkExamples: Hook = (mediaType, { location, report, resolve }) => {
    const [keyword, check] =
      mediaType.itemSchema === undefined ? (['schema', checkValue] as const) : (['itemSchema', checkEvents] as const);
    const place = placeOf(mediaType[keyword], location.child(keyword), resolve);
    for (const [, { externalValue }] of childNodes(mediaType.examples)) {
      if (typeof externalValue !== 'string') continue;
      const file = resolve({ $ref: externalValue }, location.source.absoluteRef).location;
      if (!file) continue; // the rule example-files reports it
      const checker = checkers.get(place.absolutePointer) ?? createChecker(mediaType[keyword], location, resolve);
      checkers.set(place.absolutePointer, checker);
      if (checker.checkedFiles.has(file.absolutePointer)) continue;
      checker.checkedFiles.add(file.absolutePointer);
      try {
        for (const problem of check(file, checker)) report(problem);
      } catch (error) {
        report({ message: `The schema does not work: ${String(error)}.`, location: place });
      }
    }
  };
  return { RequestBody: { MediaType: { enter: checkExamples } }, Response: { MediaType: { enter: checkExamples } } };
};

function createChecker(schema: unknown, location: Location, resolve: Resolve): Checker {
  const contained = selfContained(schema, location, resolve);
  return { ...contained, validate: createValidate(contained.definitions), checkedFiles: new Set() };
}

/** A schema that is nothing but a reference is the same wherever it stands. */
function placeOf(schema: unknown, location: Location, resolve: Resolve): Location {
  const isReference = isNode(schema) && typeof schema.$ref === 'string' && Object.keys(schema).length === 1;
  return (isReference && resolve(schema, location.source.absoluteRef).location) || location;
}

function* checkValue(file: Location, { schema, validate }: Checker): Generator<Problem> {
  let value: unknown = file.source.body;
  if (file.source.absoluteRef.endsWith('.json')) {
    try {
      value = JSON.parse(file.source.body);
    } catch (error) {
      const line = /line (\d+)/.exec(String(error))?.[1] ?? '1';
      yield { message: `The example is not JSON: ${String(error)}.`, location: atLine(file.source, Number(line)) };
      return;
    }
  }
  for (const { pointer, message } of validate(schema, value)) {
    const location = { ...file, pointer: `#${pointer}` };
    yield { message: `The example breaks its schema: ${pointer} ${message}.`, location };
  }
}

function* checkEvents(file: Location, { schema, definitions, validate }: Checker): Generator<Problem> {
  // Not source.body, in which Redocly has turned each CRLF into LF.
  const text = readFileSync(file.source.absoluteRef, 'utf8');
  for (const { line, message } of checkStream(text, schema, definitions, validate)) {
    yield { message: `The stream breaks its item schema: ${message}.`, location: atLine(file.source, line) };
  }
}
