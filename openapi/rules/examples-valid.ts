import { readFileSync } from 'node:fs';
import { checkStream } from '../src/check-stream.ts';
import type { Schema } from '../src/document.ts';
import { createValidate, type Validate } from '../src/validate.ts';
import { atLine, childNodes, type Hook, type LineLocation, type Location, type Rule } from './redocly-types.ts';
import { createSelfContained } from './self-contained.ts';

/** The file of an example, and what it has to keep. */
interface Example {
  file: Location;
  schema: Schema;
  schemaLocation: Location;
  isStream: boolean;
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
  const { add, definitions } = createSelfContained();
  // Operations share streams; a file that has to keep the same schema twice is one example.
  const examples = new Map<string, Example>();

  const collect: Hook = (mediaType, { location, resolve }) => {
    const isStream = mediaType.itemSchema !== undefined;
    const keyword = isStream ? 'itemSchema' : 'schema';
    const schema = add(mediaType[keyword], location, resolve);
    for (const [, { externalValue }] of childNodes(mediaType.examples)) {
      if (typeof externalValue !== 'string') continue;
      const file = resolve({ $ref: externalValue }, location.source.absoluteRef).location;
      if (!file) continue; // the rule example-files reports it
      const example = { file, schema, schemaLocation: location.child(keyword), isStream };
      examples.set(`${file.absolutePointer} ${JSON.stringify(schema)}`, example);
    }
  };

  return {
    RequestBody: { MediaType: { enter: collect } },
    Response: { MediaType: { enter: collect } },
    Root: {
      leave(_, { report }) {
        const validate = createValidate(definitions);
        for (const { file, schema, schemaLocation, isStream } of examples.values()) {
          try {
            const problems = isStream
              ? streamProblems(file, schema, definitions, validate)
              : problemsOf(file, schema, validate);
            for (const problem of problems) report(problem);
          } catch (error) {
            report({ message: `The schema does not work: ${String(error)}.`, location: schemaLocation });
          }
        }
      },
    },
  };
};

function* problemsOf(file: Location, schema: Schema, validate: Validate): Generator<Problem> {
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

function* streamProblems(file: Location, schema: Schema, definitions: object, validate: Validate): Generator<Problem> {
  // Not source.body, in which Redocly has turned each CRLF into LF.
  const text = readFileSync(file.source.absoluteRef, 'utf8');
  for (const { line, message } of checkStream(text, schema, definitions, validate)) {
    yield { message: `The stream breaks its item schema: ${message}.`, location: atLine(file.source, line) };
  }
}
