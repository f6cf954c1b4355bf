import { checkNames, friendlyName, type OpenApiDocument, paramsName, readOperations } from '@humanloop-v4/codegen';
import { makeOpenApiTypes } from './openapi-types.ts';
import { makeOperationsFile } from './operations-file.ts';
import { makeRequestsFile } from './requests-file.ts';

/**
 * Makes the texts of all generated files, by their names.
 *
 * @throws {Error} one sentence, when the document says what the types cannot express.
 */
export async function generate(document: OpenApiDocument): Promise<Record<string, string>> {
  const operations = readOperations(document);
  checkNames([
    ...['paths', 'components', 'operations'].map((name) => [name, name] as const),
    ...Object.keys(document.components.schemas).map((name) => [`The schema ${name}`, friendlyName(name)] as const),
    ...operations.map((operation) => [`The request of ${operation.id}`, paramsName(operation)] as const),
  ]);
  const { openapi, schemas } = await makeOpenApiTypes(document);
  return {
    'openapi.ts': openapi,
    'operations.ts': makeOperationsFile(operations),
    'requests.ts': makeRequestsFile(operations),
    'schemas.ts': schemas,
  };
}
