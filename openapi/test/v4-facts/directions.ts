import { operations, resolve, type Document } from '../../src/document.ts';

export type Direction = 'request' | 'response' | 'both';

/** Where each schema of `components` is sent, directly or within others; those that no operation names are left out. */
export function directions(document: Document): Map<string, Direction> {
  const requests = new Set<string>();
  const responses = new Set<string>();
  for (const { operation } of operations(document)) {
    for (const parameter of operation.parameters ?? []) addReferences(resolve(document, parameter), requests);
    if (operation.requestBody) addReferences(resolve(document, operation.requestBody), requests);
    for (const response of Object.values(operation.responses)) addReferences(resolve(document, response), responses);
  }
  const all = [...requests, ...responses].map((name) => [name, directionOf(name)] as const);
  return new Map(all);

  function directionOf(name: string): Direction {
    if (requests.has(name) && responses.has(name)) return 'both';
    return requests.has(name) ? 'request' : 'response';
  }

  function addReferences(value: unknown, found: Set<string>): void {
    const text = JSON.stringify(value);
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      addReferences(document.components.schemas[name] ?? null, found);
    }
  }
}
