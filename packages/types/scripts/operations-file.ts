import { banner, type OperationModel } from '@humanloop-v4/codegen';

/** Makes `operations.ts`: the table of operations, as data. */
export function makeOperationsFile(operations: readonly OperationModel[]): string {
  return [
    banner(),
    "import type { Operation } from '../operation.ts';\n\n",
    '/** All operations of the API, by their ids. */\n',
    'export const operations = {\n',
    ...operations.map((operation) => `  ${operation.id}: {\n${fields(operation)}  },\n`),
    '} as const satisfies Record<string, Operation>;\n',
  ].join('');
}

function fields(operation: OperationModel): string {
  const { id, resource, name, method, path, pathParameters, queryParameters, status, mediaTypes, deprecated } =
    operation;
  const row = {
    id,
    resource,
    name,
    method,
    path,
    pathParameters,
    queryParameters,
    bodyKind: operation.body?.kind ?? 'none',
    takesProviderApiKeys: operation.body?.fields.includes('provider_api_keys') ?? false,
    status,
    mediaTypes,
    streams: operation.event !== undefined,
    firstPage: operation.pages?.first ?? null,
    deprecated,
  };
  return Object.entries(row)
    .map(([key, value]) => `    ${key}: ${literal(value)},\n`)
    .join('');
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return String(value);
}
