import { asObject } from '../json.ts';
import { child, childEntries, type Located, type SpecDocument } from '../spec-document.ts';

/** One operation of a document, with what it inherits from its path and the root. */
export interface SpecOperation {
  /** `POST /chat`, or `webhook POST name`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly id: string | undefined;
  readonly operation: Located;
  readonly pathItem: Located;
  readonly isWebhook: boolean;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

/** Every operation under `paths` and `webhooks`. */
export function listOperations(document: SpecDocument): SpecOperation[] {
  return ['paths', 'webhooks'].flatMap((section) =>
    childEntries(document.at(`/${section}`)).flatMap(([path, item]) =>
      path.startsWith('x-') ? [] : operationsOf(document, path, item, section === 'webhooks'),
    ),
  );
}

/** The operations of one path item. */
export function operationsOf(document: SpecDocument, path: string, item: Located, isWebhook: boolean): SpecOperation[] {
  const pathItem = document.deref(item);
  const known = methods.map((method) => [method.toUpperCase(), child(pathItem, method)] as const);
  const additional = childEntries(child(pathItem, 'additionalOperations'));
  return [...known, ...additional].flatMap(([method, operation]) => {
    if (operation.value === undefined) return [];
    const id = asObject(operation.value)['operationId'];
    return {
      name: `${isWebhook ? 'webhook ' : ''}${method} ${path}`,
      method,
      path,
      id: typeof id === 'string' ? id : undefined,
      operation,
      pathItem,
      isWebhook,
    };
  });
}

export interface Parameter {
  name: string;
  in: string;
  located: Located;
}

/** The parameters of an operation, those of its path included, by place and name. */
export function parametersOf(document: SpecDocument, { operation, pathItem }: SpecOperation): Map<string, Parameter> {
  const parameters = new Map<string, Parameter>();
  for (const owner of [pathItem, operation]) {
    const list = asObject(owner.value)['parameters'];
    if (Array.isArray(list))
      list.forEach((_, index) => addParameter(document, child(owner, 'parameters', index), parameters));
  }
  return parameters;
}

function addParameter(document: SpecDocument, entry: Located, parameters: Map<string, Parameter>): void {
  const located = document.deref(entry);
  const { name, in: place } = asObject(located.value);
  if (typeof name !== 'string' || typeof place !== 'string') return;
  // These three are described elsewhere in the operation; OpenAPI ignores them here.
  if (place === 'header' && /^(accept|content-type|authorization)$/i.test(name)) return;
  const key = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
  parameters.set(key, { name, in: place, located });
}

/** A path with its parameters unnamed, which is what tells two paths apart on the wire. */
export function templateOf(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, '{}');
}
