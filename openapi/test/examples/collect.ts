import { contentSchemas } from '../../src/check-stream.ts';
import {
  operations,
  resolve,
  type Document,
  type Example,
  type MediaType,
  type Operation,
  type Parameter,
  type Schema,
} from '../../src/document.ts';
import { readEvents, type ServerSentEvent } from '../../src/read-events.ts';
import type { Validate } from '../../src/validate.ts';

/** A value of an example, with the schema that it has to keep. */
export interface ExampleValue {
  operationId: string;
  /** Place within the operation, such as `200 application/json default`. */
  place: string;
  direction: 'request' | 'response';
  schema: Schema;
  value: unknown;
}

/** An example of a stream. */
export interface ExampleStream {
  operationId: string;
  /** Such as `two-samples`. */
  name: string;
  itemSchema: Schema;
  text: string;
}

/** The JSON in the data of an event. */
export interface EventContent extends ExampleValue {
  stream: ExampleStream;
  event: ServerSentEvent;
}

/** Every example of a bundled document that is not a stream: of parameters, headers and bodies. */
export function* exampleValues(document: Document): Generator<ExampleValue> {
  for (const { operation } of operations(document)) {
    const { operationId } = operation;
    for (const parameter of parametersOf(document, operation)) {
      const { schema = {}, example: value, direction, place } = parameter;
      if (value !== undefined) yield { operationId, place, direction, schema, value };
    }
    for (const { place, direction, mediaType, example } of bodiesOf(document, operation)) {
      const { schema, itemSchema } = mediaType;
      if (itemSchema) continue;
      yield { operationId, place, direction, schema: schema ?? {}, value: example.serializedValue ?? example.value };
    }
  }
}

/** Every example of a stream. */
export function* exampleStreams(document: Document): Generator<ExampleStream> {
  for (const { operation } of operations(document)) {
    for (const { name, mediaType, example } of bodiesOf(document, operation)) {
      const { itemSchema } = mediaType;
      if (!itemSchema) continue;
      yield { operationId: operation.operationId, name, itemSchema, text: example.serializedValue ?? '' };
    }
  }
}

/** What the events of a stream carry, with the schemas that apply to it. */
export function* contentsOf(stream: ExampleStream, document: Document, validate: Validate): Generator<EventContent> {
  const { operationId, name, itemSchema, text } = stream;
  for (const { event, line } of readEvents(text).events) {
    for (const schema of contentSchemas(event, itemSchema, document, validate)) {
      const value: unknown = JSON.parse(event.data);
      yield { operationId, place: `${name}:${line}`, direction: 'response', schema, value, stream, event };
    }
  }
}

type Placed = { place: string; direction: ExampleValue['direction'] };

/** Parameters of the request and headers of the responses. */
function* parametersOf(document: Document, operation: Operation): Generator<Parameter & Placed> {
  for (const reference of operation.parameters ?? []) {
    const parameter = resolve(document, reference);
    yield { ...parameter, place: `${parameter.in} ${parameter.name}`, direction: 'request' };
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    for (const [name, header] of Object.entries(resolve(document, response).headers ?? {})) {
      yield { ...resolve(document, header), place: `${status} ${name}`, direction: 'response' };
    }
  }
}

/** Examples of the bodies of request and responses. */
function* bodiesOf(
  document: Document,
  operation: Operation,
): Generator<Placed & { name: string; mediaType: MediaType; example: Example }> {
  const bodies = Object.entries(operation.responses).map(
    ([status, response]) => [status, 'response', resolve(document, response).content] as const,
  );
  const { content } = operation.requestBody ? resolve(document, operation.requestBody) : {};
  for (const [label, direction, types = {}] of [['body', 'request', content] as const, ...bodies]) {
    for (const [type, mediaType] of Object.entries(types)) {
      for (const [name, example] of Object.entries(mediaType.examples ?? {})) {
        yield { place: `${label} ${type} ${name}`, direction, name, mediaType, example };
      }
    }
  }
}
