import { asArray, asObject, asText, isObject, type JsonObject } from '../json.ts';
import { SpecDocument } from '../spec-document.ts';
import { resourceOf } from './own-files.ts';

export const methodKeys = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

/** An operation of an imported document, with the parameters of its path, and without references outside schemas. */
export interface ImportedOperation {
  path: string;
  method: string;
  id: string;
  operation: JsonObject;
  /** The operation with its references as they are. */
  written: JsonObject;
}

/** The operations by method and path. */
export function listImported(document: JsonObject): Map<string, ImportedOperation> {
  const spec = new SpecDocument(document);
  const deref = (value: unknown) => asObject(spec.deref({ value, pointer: '' }).value);
  const operations = Object.entries(asObject(document['paths'])).flatMap(([path, pathItem]) => {
    const item = deref(pathItem);
    return methodKeys.flatMap((method): [string, ImportedOperation][] => {
      const operation = item[method];
      if (!isObject(operation)) return [];
      const parameters = [...asArray(item['parameters']), ...asArray(operation['parameters'])].map(deref);
      const responses = Object.entries(asObject(operation['responses'])).map(([status, response]) => [
        status,
        deref(response),
      ]);
      const resolved: JsonObject = {
        ...operation,
        ...(parameters.length > 0 && { parameters }),
        ...(operation['requestBody'] !== undefined && { requestBody: deref(operation['requestBody']) }),
        responses: Object.fromEntries(responses) as JsonObject,
      };
      return [
        [
          `${method} ${path}`,
          { path, method, id: asText(operation['operationId']), operation: resolved, written: operation },
        ],
      ];
    });
  });
  return new Map(operations);
}

/** Which resources use a schema, and whether it stands in answers only. */
export function usesOf(document: JsonObject): { of(name: string): { resources: Set<string>; inAnswersOnly: boolean } } {
  const spec = new SpecDocument(document);
  const uses = new Map<string, { resources: Set<string>; sent: boolean; received: boolean }>();
  for (const { id, operation } of listImported(document).values()) {
    const visit = (value: unknown, received: boolean, seen: Set<string>): void => {
      if (Array.isArray(value)) return value.forEach((item) => visit(item, received, seen));
      for (const [key, inner] of Object.entries(asObject(value))) {
        const name =
          key === '$ref' && typeof inner === 'string' ? /^#\/components\/schemas\/(.+)$/.exec(inner)?.[1] : undefined;
        if (name === undefined) visit(inner, received, seen);
        else if (!seen.has(name)) {
          seen.add(name);
          const use = uses.get(name) ?? { resources: new Set(), sent: false, received: false };
          use.resources.add(resourceOf(id));
          use.sent ||= !received;
          use.received ||= received;
          uses.set(name, use);
          visit(spec.at(`/components/schemas/${name}`).value, received, seen);
        }
      }
    };
    const { responses, ...sent } = operation;
    visit(sent, false, new Set());
    visit(responses, true, new Set());
  }
  return {
    of(name) {
      const use = uses.get(name);
      return { resources: use?.resources ?? new Set(), inAnswersOnly: use !== undefined && use.received && !use.sent };
    },
  };
}
