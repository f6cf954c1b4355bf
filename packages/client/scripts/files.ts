import { type OpenApiDocument, type OperationModel, propertyName, readOperations } from '@humanloop-v4/codegen';
import { makeResourceFile } from './resource-file.ts';
import { makeResourcesFile } from './resources-file.ts';

/** A resource of the client: operations whose ids begin alike. */
export interface ResourceModel {
  /** Name of the class: `ModelConfigs`. */
  name: string;
  /** Name of the property of `Humanloop`, and of the file: `modelConfigs`, `model-configs`. */
  property: string;
  file: string;
  description: string | undefined;
  operations: OperationModel[];
}

/**
 * Makes the texts of all generated files, by their names.
 *
 * @throws {Error} one sentence, when the document says what the client cannot express.
 */
export function generate(document: OpenApiDocument): Record<string, string> {
  const resources = readResources(document);
  return Object.fromEntries([
    ...resources.map((resource) => [`${resource.file}.ts`, makeResourceFile(resource)]),
    ['resources.ts', makeResourcesFile(resources)],
  ]);
}

function readResources(document: OpenApiDocument): ResourceModel[] {
  const groups = Map.groupBy(readOperations(document), (operation) => operation.resource);
  return [...groups].map(([name, operations]) => ({
    name,
    property: propertyName(name),
    file: propertyName(name).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    description: document.tags?.find((tag) => tag.name.replaceAll(' ', '') === name)?.description,
    operations,
  }));
}
