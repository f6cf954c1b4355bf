import {
  banner,
  docstring,
  type OperationModel,
  paramsName,
  propertyName,
  referencedNames,
} from '@humanloop-v4/codegen';

const HELPERS = `
type PathOf<Id extends keyof operations> = NonNullable<operations[Id]['parameters']['path']>;
type QueryOf<Id extends keyof operations> = NonNullable<operations[Id]['parameters']['query']>;
`;

/** Makes `requests.ts`: one flat request type an operation, of its path and query parameters and its body. */
export function makeRequestsFile(operations: readonly OperationModel[]): string {
  const types = operations.map((operation) => docstring([describe(operation)]) + declare(operation));
  const bodies = operations.flatMap(({ body }) => [...(body?.objects ?? []), body?.list ?? '']);
  const names = [...new Set(bodies.flatMap(referencedNames))].toSorted();
  return [
    banner(),
    "import type { operations } from './openapi.ts';\n",
    `import type {\n${names.map((name) => `  ${name},\n`).join('')}} from './schemas.ts';\n`,
    HELPERS,
    ...types.map((type) => `\n${type}`),
  ].join('');
}

function describe({ resource, name, event, method, path }: OperationModel): string {
  const call = `\`${propertyName(resource)}.${name}\``;
  const calls = event === undefined ? call : `${call} and \`${propertyName(resource)}.${name}Stream\``;
  return `The request of ${calls}: \`${method} ${path}\`.`;
}

function declare(operation: OperationModel): string {
  const name = paramsName(operation);
  const { id, body, pathParameters, queryParameters, event } = operation;
  const parameters = [
    ...(pathParameters.length > 0 ? [`PathOf<'${id}'>`] : []),
    ...(queryParameters.length > 0 ? [`QueryOf<'${id}'>`] : []),
  ];
  // Which of the two methods is called says whether to stream.
  const objects = body?.objects.map((object) => (event === undefined ? object : `Omit<${object}, 'stream'>`)) ?? [];
  if (objects.length <= 1 && body?.list === undefined) {
    const bases = [...parameters, ...objects].join(', ');
    return bases === ''
      ? `export type ${name} = Record<string, never>;\n`
      : `export interface ${name} extends ${bases} {}\n`;
  }
  if (parameters.length === 0) return `export type ${name} = ${union([...objects, body?.list])};\n`;
  const list = body?.list && `{ body: ${body.list} }`;
  return `export type ${name} = ${[...parameters, `(${union([...objects, list])})`].join(' & ')};\n`;
}

function union(types: readonly (string | undefined)[]): string {
  return types.filter((type) => type !== undefined).join(' | ');
}
