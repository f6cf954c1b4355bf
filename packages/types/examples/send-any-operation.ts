import { operations, type OperationId } from '@humanloop-v4/types/operations';

/** The URL of an operation, with its path parameters filled in. */
export function urlOf(id: OperationId, parameters: Record<string, string>): string {
  const { path } = operations[id];
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));
}

console.log(urlOf('Projects_get', { id: 'pr_3usCu3dAkgrXTlufrvPs7' }));
