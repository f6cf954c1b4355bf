import { type OpenApiDocument, readEventData, type Schema, wrapText } from '@humanloop-v4/codegen';

/**
 * The document as openapi-typescript has to see it.
 *
 * - An event stream gets the schema of the JSON in its events: openapi-typescript does not know `itemSchema`.
 * - Descriptions become titles, which it writes as plain text, not as a `@description` tag.
 * - Discriminators go: each branch has its `const`, and openapi-typescript would make the property required.
 * - References to headers are written out: it would make each header that is a reference required.
 * - Examples go, to keep short what an editor shows.
 */
export function deriveForTypes(document: OpenApiDocument): OpenApiDocument {
  return { ...(derive(document, document) as OpenApiDocument), openapi: '3.1.0' };
}

function derive(node: unknown, document: OpenApiDocument): unknown {
  if (Array.isArray(node)) return node.map((item) => derive(item, document));
  if (!isObject(node)) return node;
  const { discriminator: _, example: _example, examples: _examples, summary, description, itemSchema, ...rest } = node;
  const words = [summary, description].filter((text) => typeof text === 'string').map((text) => wrapText(text));
  return {
    ...(words.length > 0 && { title: words.join('\n\n') }),
    ...(itemSchema !== undefined && { schema: derive(readEventData(document, itemSchema as Schema), document) }),
    ...Object.fromEntries(
      Object.entries(rest).map(([key, value]) => {
        // The keys of this map are names of the API, such as a property called `description`.
        if (key === 'properties') return [key, mapValues(value, (property) => derive(property, document))];
        if (key === 'headers') return [key, mapValues(value, (header) => derive(writeOut(header, document), document))];
        return [key, derive(value, document)];
      }),
    ),
  };
}

function writeOut(header: unknown, document: OpenApiDocument): unknown {
  const { $ref } = header as { $ref?: string };
  return $ref === undefined ? header : document.components.headers?.[$ref.slice($ref.lastIndexOf('/') + 1)];
}

function mapValues(map: unknown, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map as object).map(([name, value]) => [name, change(value)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
