import { resolve, type Schema } from './document.ts';
import { readEvents, type ServerSentEvent } from './read-events.ts';
import type { Validate } from './validate.ts';

export interface StreamProblem {
  /** Line of the text, counted from 1. */
  line: number;
  message: string;
}

/**
 * Checks the text of an event stream: each event against the schema of an item, and the JSON in its data against the
 * `contentSchema` of the branch that the event matches.
 *
 * @param definitions - what the `$ref`s of the schema point into.
 */
export function checkStream(
  text: string,
  itemSchema: Schema,
  definitions: object,
  validate: Validate,
): StreamProblem[] {
  const { events, problems } = readEvents(text);
  if (events.length === 0) problems.push({ line: 1, message: 'no event' });
  for (const { event, line } of events) {
    for (const { pointer, message } of checkEvent(event, itemSchema, definitions, validate)) {
      problems.push({ line, message: `${pointer} ${message}`.trim() });
    }
  }
  return problems;
}

function checkEvent(event: ServerSentEvent, itemSchema: Schema, definitions: object, validate: Validate) {
  const violations = validate(itemSchema, event);
  if (violations.length > 0) return violations;
  const schemas = [...contentSchemas(event, itemSchema, definitions, validate)];
  if (schemas.length === 0) return [{ pointer: '', message: 'nothing says what its data is' }];
  const content = parseJson(event.data);
  if (content === undefined) return [{ pointer: '/data', message: 'must be JSON' }];
  return schemas
    .flatMap((schema) => validate(schema, content.value))
    .map(({ pointer, message }) => ({ pointer: `/data${pointer}`, message }));
}

/** The schemas of the JSON text in an event's `data`, from all branches of the item schema that the event matches. */
export function* contentSchemas(
  event: ServerSentEvent,
  itemSchema: Schema,
  definitions: object,
  validate: Validate,
): Generator<Schema> {
  const schema = resolve(definitions, itemSchema);
  const contentSchema = schema.properties?.data?.contentSchema;
  if (contentSchema) yield contentSchema;
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) {
    if (validate(branch, event).length === 0) yield* contentSchemas(event, branch, definitions, validate);
  }
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // the caller says what must be JSON
  }
}
