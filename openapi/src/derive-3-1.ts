import { isObject, mediaTypes, subschemas, type Document, type MediaType } from './document.ts';

/**
 * Derives the OpenAPI 3.1 form of our bundled 3.2 document, for tools that do not know 3.2.
 *
 * - `jsonSchemaDialect` is plain JSON Schema 2020-12: under the dialect of OpenAPI, Prism validates nothing.
 * - A sequence becomes a string: its `itemSchema` moves to `x-item-schema`, so that nothing is lost.
 * - An example's `serializedValue` becomes its `value`.
 * - A discriminator's `defaultMapping` moves to `x-default-mapping`.
 *
 * All else that we use means the same in both versions. The argument is not changed.
 */
export function derive31(document: Document): Document {
  const { openapi: _, ...rest } = structuredClone(document);
  const derived: Document = {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    ...rest,
  };
  for (const { mediaType } of mediaTypes(derived)) deriveMediaType(mediaType);
  for (const schema of Object.values(derived.components.schemas)) deriveSchema(schema);
  return derived;
}

function deriveMediaType(mediaType: MediaType): void {
  if (mediaType.itemSchema) {
    mediaType.schema = { type: 'string' };
    mediaType['x-item-schema'] = mediaType.itemSchema;
    delete mediaType.itemSchema;
  }
  for (const example of Object.values(mediaType.examples ?? {})) {
    if (example.serializedValue === undefined) continue;
    example.value = example.serializedValue;
    delete example.serializedValue;
  }
}

function deriveSchema(schema: Record<string, unknown>): void {
  const { discriminator } = schema;
  if (isObject(discriminator) && discriminator.defaultMapping !== undefined) {
    discriminator['x-default-mapping'] = discriminator.defaultMapping;
    delete discriminator.defaultMapping;
  }
  for (const { schema: child } of subschemas(schema)) deriveSchema(child);
}
