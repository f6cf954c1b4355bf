import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the generators read the document, as a module specifier. */
export const DOCUMENT = '@humanloop-v4/openapi/openapi.json';

/** The parts of an OpenAPI 3.2 document that the generators read. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema>; headers?: Record<string, unknown> };
}

export interface OperationObject {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  deprecated?: boolean;
  parameters?: ParameterObject[];
  requestBody?: { required?: boolean; content: Record<string, MediaTypeObject> };
  responses: Record<string, ResponseObject | Reference>;
}

export interface ParameterObject {
  name: string;
  in: string;
  required?: boolean;
  deprecated?: boolean;
  description?: string;
  style?: string;
  explode?: boolean;
  schema?: Schema;
}

export interface ResponseObject {
  description?: string;
  content?: Record<string, MediaTypeObject>;
}

export interface MediaTypeObject {
  schema?: Schema;
  itemSchema?: Schema;
  examples?: unknown;
}

export interface Reference {
  $ref: string;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  deprecated?: boolean;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  discriminator?: unknown;
  contentSchema?: Schema;
}

/**
 * Reads the bundled document.
 *
 * @throws {Error} when the bundle has not been built yet.
 */
export function readDocument(): OpenApiDocument {
  const file = fileURLToPath(import.meta.resolve(DOCUMENT));
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument;
  } catch (cause) {
    throw new Error(`${DOCUMENT} cannot be read; build it with \`pnpm --filter @humanloop-v4/openapi build\`.`, {
      cause,
    });
  }
}

/** The name at the end of a reference: `#/components/schemas/ChatResponse` → `ChatResponse`. */
export function nameOf($ref: string): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

/**
 * Follows references from a schema to the schema that they lead to.
 *
 * @throws {Error} when a reference leads nowhere.
 */
export function resolveSchema(document: OpenApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = document.components.schemas[nameOf(schema.$ref)];
  if (target === undefined) throw new Error(`The reference ${schema.$ref} leads nowhere.`);
  return resolveSchema(document, target);
}
