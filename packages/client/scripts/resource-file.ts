import { banner, docstring, type OperationModel, paramsName, referencedNames } from '@humanloop-v4/codegen';
import type { ResourceModel } from './files.ts';

/** Makes the file of one resource: a class with one method an operation, and a second one for those that stream. */
export function makeResourceFile({ name, description, operations }: ResourceModel): string {
  const methods = operations.flatMap((operation) => [
    operation.pages === undefined ? callMethod(operation) : pageMethod(operation, operation.pages.record),
    ...(operation.event === undefined ? [] : [streamMethod(operation, operation.event)]),
  ]);
  const code = methods.join('\n');
  const types = operations.flatMap((operation) => [paramsName(operation), ...usedTypes(operation)]);
  const promises = ['ApiPromise', 'PagePromise', 'StreamPromise'].filter((type) => code.includes(`${type}<`));
  return [
    banner(),
    importTypes(types, '@humanloop-v4/types'),
    `import { ${[...promises.map((type) => `type ${type}`), 'type CallOptions', 'Resource'].join(', ')} } from '../resource.ts';\n\n`,
    docstring([description]),
    `export class ${name} extends Resource {\n`,
    code,
    '}\n',
  ].join('');
}

function importTypes(names: readonly string[], from: string): string {
  const sorted = [...new Set(names)].toSorted();
  return `import type {\n${sorted.map((name) => `  ${name},\n`).join('')}} from '${from}';\n`;
}

function usedTypes(operation: OperationModel): string[] {
  const overloads = overloadsOf(operation).flatMap(({ request }) => request);
  return [operation.pages?.record ?? operation.result, operation.event ?? '', ...overloads].flatMap(referencedNames);
}

function callMethod(operation: OperationModel): string {
  const { name, result, resultDescription, event } = operation;
  const returns =
    event === undefined
      ? resultDescription
      : `The whole answer, in one \`${result}\`. Piece by piece: \`${name}Stream\`.`;
  const words = describe(operation, operation.summary, returns);
  const all = [...overloadsOf(operation), { request: paramsName(operation), result }].map(
    (overload) => `  ${name}(${parameters(operation, overload.request)}): ApiPromise<${overload.result}>`,
  );
  const signatures = all.length > 1 ? all.map((overload) => `${words}${overload};\n`).join('') : words;
  return `${signatures}${all.at(-1)} {\n    return this.call(${descriptor(operation)}, request, options);\n  }\n`;
}

function pageMethod(operation: OperationModel, record: string): string {
  const { name, summary, resultDescription } = operation;
  const returns = `${resultDescription ?? ''} With \`for await\`, the records of this page and all after it.`.trim();
  const signature = `  ${name}(${parameters(operation)}): PagePromise<${record}>`;
  const body = `    return this.page(${descriptor(operation)}, request, options);\n`;
  return `${describe(operation, summary, returns)}${signature} {\n${body}  }\n`;
}

function streamMethod(operation: OperationModel, event: string): string {
  const { name, summary } = operation;
  const returns = `The answer piece by piece: an async iterable of \`${event}\`.`;
  const words = describe(operation, `${summary}, as a stream`, returns, [
    '@throws {StreamError} while the stream is read, when it breaks off, carries an error, or is none.',
  ]);
  const signature = `  ${name}Stream(${parameters(operation)}): StreamPromise<${event}>`;
  return `${words}${signature} {\n    return this.stream(${descriptor(operation)}, request, options);\n  }\n`;
}

/**
 * The signatures of a method that takes one thing or a list of it, and answers likewise: one by one, so that the answer
 * to one thing need not be told from a list.
 */
function overloadsOf({ body, properties, result }: OperationModel): { request: string; result: string }[] {
  const [object, second] = body?.objects ?? [];
  const answers = result.split(' | ').toSorted();
  const isOneOrList = answers.length === 2 && answers[1] === `${answers[0]}[]`;
  const isFlat = properties.every((property) => property.in === 'body');
  if (object === undefined || second !== undefined || !isFlat || !isOneOrList || body?.list !== `${object}[]`)
    return [];
  return [
    { request: object, result: answers[0] ?? '' },
    { request: body.list, result: answers[1] ?? '' },
  ];
}

function parameters(operation: OperationModel, type = paramsName(operation)): string {
  const isRequired = operation.body !== undefined || operation.properties.some((property) => property.required);
  return `request${isRequired ? '' : '?'}: ${type}, options?: CallOptions`;
}

/** What the client has to know of the operation at run time: `Operation` of src/operation.ts. */
function descriptor({ method, path, queryParameters, body, pages }: OperationModel): string {
  const fields = [
    `method: '${method}'`,
    `path: '${path}'`,
    ...(queryParameters.length > 0 ? [`query: ['${queryParameters.join("', '")}']`] : []),
    ...(body === undefined ? [] : [`body: '${body.kind}'`]),
    ...(body?.fields.includes('provider_api_keys') ? ['providerApiKeys: true'] : []),
    ...(pages === undefined ? [] : [`firstPage: ${pages.first}`]),
  ];
  return `{ ${fields.join(', ')} }`;
}

/** The docstring of a method, in the document's words. Optional properties of the body say on their own what they are. */
function describe(
  operation: OperationModel,
  title: string,
  returns: string | undefined,
  more: readonly string[] = [],
): string {
  const { method, path, description, properties, errors, deprecated } = operation;
  const described = properties.filter((property) => property.in !== 'body' || property.required);
  return docstring(
    [
      `${title}: \`${method} ${path}\`.`,
      // How a stream is asked for is the methods' affair.
      description
        ?.split('\n\n')
        .filter((paragraph) => !paragraph.includes('`stream: true`'))
        .join('\n\n'),
      ...described.map((property) => `@param request.${property.name} - ${oneLine(property.description)}`),
      returns && `@returns ${oneLine(returns)}`,
      `@throws {ApiError} with status ${errors.join(', ').replace(/, (\d+)$/, ' or $1')}.`,
      ...more,
      deprecated ? '@deprecated' : undefined,
    ],
    '  ',
  );
}

function oneLine(text = ''): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
