import { isRecord, type Document } from '../../src/document/document.ts';
import { lookUp } from '../../src/document/pointer.ts';
import { onEntry, onRow, onWhole, rename, rowAt, swap, type DocumentMutation, type Row } from './mutation.ts';
import { bodyContents, operationPlaces, parameterPlaces, pathPlaces, securitySchemes } from './places.ts';

const row = (value: unknown): Row => value as Row;
const onOperation = (
  name: string,
  change: (operation: Row, document: Document) => void,
  fits?: (operation: Row) => boolean,
) => onRow(name, operationPlaces, change, fits);

/** What the answers of an operation are on the wire: without words and examples. */
function wireOf(operation: Row): string {
  const silent = new Set(['description', 'examples', 'summary']);
  return JSON.stringify(operation['responses'], (name, value: unknown) => (silent.has(name) ? undefined : value));
}

/** The next operation that answers something else. */
function differingOperation(document: Document, operation: Row): Row {
  const all = operationPlaces(document).map((place) => rowAt(document, place));
  const at = all.indexOf(operation);
  const others = [...all.slice(at + 1), ...all.slice(0, at)];
  return others.find((other) => wireOf(other) !== wireOf(operation)) as Row;
}

/** The operation after this one. */
function nextOperation(document: Document, operation: Row): Row {
  const all = operationPlaces(document).map((place) => rowAt(document, place));
  return all[(all.indexOf(operation) + 1) % all.length] as Row;
}

const methodsOf = (item: Row): string[] => ['get', 'post', 'patch', 'delete'].filter((method) => method in item);

export const operationMutations: DocumentMutation[] = [
  onEntry('a path is renamed', pathPlaces, (paths, path) => rename(paths, path, `${path}-renamed`)),
  onEntry('a path ends in a slash', pathPlaces, (paths, path) => rename(paths, path, `${path}/`)),
  onEntry('a path is in capitals', pathPlaces, (paths, path) =>
    rename(
      paths,
      path,
      path.replace(/^\/[a-z]/, (letter) => letter.toUpperCase()),
    ),
  ),
  onEntry('a path is removed', pathPlaces, (paths, path) => delete paths[path]),
  onEntry(
    'a variable of a path is renamed',
    (document) => pathPlaces(document).filter((place) => place[1]?.includes('{')),
    (paths, path, document) => {
      const [, name = ''] = /\{(.+?)\}/.exec(path) ?? [];
      for (const method of methodsOf(row(paths[path]))) {
        const operation = row(row(paths[path])[method]);
        for (const index of Object.keys((operation['parameters'] as object | undefined) ?? {})) {
          const parameter = row(lookUp(document, ['paths', path, method, 'parameters', index]).value);
          if (parameter['name'] === name && parameter['in'] === 'path') parameter['name'] = 'renamed';
        }
      }
      rename(paths, path, path.replace(`{${name}}`, '{renamed}'));
    },
  ),
  onEntry('a method changes', operationPlaces, (item, method) => rename(item, method, 'put')),
  onEntry(
    'two methods of a path change places',
    pathPlaces,
    (paths, path) => {
      const [first = '', second = ''] = methodsOf(row(paths[path]));
      swap(row(paths[path]), first, second);
    },
    (item) => methodsOf(row(item)).length > 1,
  ),
  onEntry('an operation is removed', operationPlaces, (item, method) => delete item[method]),
  onOperation('an operationId changes', (operation) => {
    operation['operationId'] = `${String(operation['operationId'])}Renamed`;
  }),
  onOperation('two operations have the same operationId', (operation, document) => {
    operation['operationId'] = nextOperation(document, operation)['operationId'];
  }),
  onOperation('two operations have each other\u2019s operationId', (operation, document) => {
    const other = nextOperation(document, operation);
    [operation['operationId'], other['operationId']] = [other['operationId'], operation['operationId']];
  }),
  onOperation('two operations have each other\u2019s answers', (operation, document) => {
    const other = differingOperation(document, operation);
    [operation['responses'], other['responses']] = [other['responses'], operation['responses']];
  }),
  onOperation('an operation has another tag', (operation) => {
    operation['tags'] = [String(operation['tags']) === 'Logs' ? 'Sessions' : 'Logs'];
  }),
  onOperation('an operation has a second tag', (operation) => {
    operation['tags'] = [String(operation['tags']), String(operation['tags']) === 'Logs' ? 'Sessions' : 'Logs'];
  }),
  onOperation('an operation has no tag', (operation) => delete operation['tags']),
  onOperation(
    'an operation is no longer deprecated',
    (operation) => delete operation['deprecated'],
    ({ deprecated }) => deprecated === true,
  ),
  onOperation(
    'an operation is deprecated',
    (operation) => {
      operation['deprecated'] = true;
    },
    ({ deprecated }) => deprecated !== true,
  ),
  onOperation(
    'a body becomes optional',
    (operation) => delete row(operation['requestBody'])['required'],
    ({ requestBody }) => isRecord(requestBody) && requestBody['required'] === true,
  ),
  onOperation(
    'a body is removed',
    (operation) => delete operation['requestBody'],
    ({ requestBody }) => requestBody !== undefined,
  ),
  onOperation(
    'a body is added',
    (operation) => {
      operation['requestBody'] = {
        content: {
          'application/json': { schema: { type: 'object' }, examples: { default: { summary: 'Any', value: {} } } },
        },
      };
    },
    ({ requestBody }) => requestBody === undefined,
  ),
  onEntry('a body has another media type', bodyContents, (content, type) => rename(content, type, 'text/plain')),
  onEntry('a body has a second media type', bodyContents, (content, type) => {
    content['application/x-www-form-urlencoded'] = structuredClone(content[type]);
  }),
  onEntry('a body has no schema', bodyContents, (content, type) => delete row(content[type])['schema']),
];

const isIn =
  (place: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value['in'] === place;
const onParameter = (name: string, change: (parameter: Row) => void, fits?: (parameter: Row) => boolean) =>
  onRow(name, parameterPlaces, change, fits);
const schemaOf = (parameter: Row): Row => row(parameter['schema']);

export const parameterMutations: DocumentMutation[] = [
  onEntry('a parameter is removed', parameterPlaces, (list, index) => {
    (list as unknown as unknown[]).splice(Number(index), 1);
  }),
  onParameter('a parameter is renamed', (parameter) => {
    parameter['name'] = 'renamed';
  }),
  onRow('a parameter is added', operationPlaces, (operation) => {
    const added = { name: 'added', in: 'query', description: 'Added.', schema: { type: 'string' }, example: 'x' };
    operation['parameters'] = [...((operation['parameters'] as unknown[] | undefined) ?? []), added];
  }),
  onRow('a required parameter is added', operationPlaces, (operation) => {
    const added = {
      name: 'added',
      in: 'query',
      description: 'Added.',
      required: true,
      schema: { type: 'string' },
      example: 'x',
    };
    operation['parameters'] = [...((operation['parameters'] as unknown[] | undefined) ?? []), added];
  }),
  onRow('a required header is added', operationPlaces, (operation) => {
    const added = {
      name: 'X-Added',
      in: 'header',
      description: 'Added.',
      required: true,
      schema: { type: 'string' },
      example: 'x',
    };
    operation['parameters'] = [...((operation['parameters'] as unknown[] | undefined) ?? []), added];
  }),
  onParameter(
    'a required parameter becomes optional',
    (parameter) => delete parameter['required'],
    (parameter) => parameter['required'] === true && parameter['in'] === 'query',
  ),
  onParameter(
    'an optional parameter becomes required',
    (parameter) => {
      parameter['required'] = true;
    },
    ({ required }) => required !== true,
  ),
  onParameter(
    'a query parameter moves to a header',
    (parameter) => {
      parameter['in'] = 'header';
    },
    isIn('query'),
  ),
  onParameter(
    'a path parameter moves to the query',
    (parameter) => {
      parameter['in'] = 'query';
    },
    isIn('path'),
  ),
  onParameter(
    'a list is sent in one value',
    (parameter) => {
      parameter['explode'] = false;
    },
    ({ explode }) => explode === true,
  ),
  onParameter(
    'explode is left out',
    (parameter) => delete parameter['explode'],
    (parameter) => 'explode' in parameter,
  ),
  onParameter(
    'a parameter has another style',
    (parameter) => {
      parameter['style'] = 'spaceDelimited';
    },
    ({ explode }) => explode === true,
  ),
  onParameter('a parameter takes reserved characters as they are', (parameter) => {
    parameter['allowReserved'] = true;
  }),
  onParameter('a parameter has another type', (parameter) => {
    parameter['schema'] = { type: schemaOf(parameter)['type'] === 'boolean' ? 'string' : 'boolean' };
  }),
  onParameter(
    'the default of a parameter changes',
    (parameter) => {
      const { default: value } = schemaOf(parameter);
      schemaOf(parameter)['default'] =
        typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : 'changed';
    },
    (parameter) => isRecord(parameter['schema']) && 'default' in parameter['schema'],
  ),
  onParameter('the example of a parameter is wrong', (parameter) => {
    parameter['example'] = { wrong: true };
  }),
  onParameter(
    'a parameter has no example',
    (parameter) => delete parameter['example'],
    (parameter) => 'example' in parameter,
  ),
  onParameter('a parameter is deprecated', (parameter) => {
    parameter['deprecated'] = true;
  }),
  onEntry(
    'a parameter stands twice',
    parameterPlaces,
    (list, index) => {
      (list as unknown as unknown[]).push(structuredClone(list[index]));
    },
    (_, list) => Number(list['length']) > 0,
  ),
];

type Servers = { url: string; variables: Record<string, { default: string }> }[];
const firstServer = (document: Row): Servers[number] => (document['servers'] as Servers)[0] as Servers[number];

export const wholeMutations: DocumentMutation[] = [
  onWhole('nothing needs a key', (document) => {
    document['security'] = [];
  }),
  onWhole('the rule of keys is dropped', (document) => delete document['security']),
  onWhole('a key is optional', (document) => {
    document['security'] = [{}, ...(document['security'] as unknown[])];
  }),
  onRow('an operation needs no key', operationPlaces, (operation) => {
    operation['security'] = [];
  }),
  onRow('a key is optional for an operation', operationPlaces, (operation) => {
    operation['security'] = [{}, { APIKeyHeader: [] }];
  }),
  onRow('the key has another header', securitySchemes, (scheme) => {
    scheme['name'] = 'Authorization';
  }),
  onRow('the key\u2019s header is spelt otherwise', securitySchemes, (scheme) => {
    scheme['name'] = 'X-Api-Token';
  }),
  onRow('the key goes into the query', securitySchemes, (scheme) => {
    scheme['in'] = 'query';
  }),
  onRow('the key is a bearer token', securitySchemes, (scheme) => {
    for (const name of Object.keys(scheme)) delete scheme[name];
    Object.assign(scheme, { type: 'http', scheme: 'bearer', description: 'A token.' });
  }),
  onEntry('the key\u2019s scheme is renamed', securitySchemes, (schemes, name) => rename(schemes, name, 'Key')),
  onWhole('the server has another path', (document) => {
    const { baseUrl } = firstServer(document).variables;
    if (baseUrl) baseUrl.default = baseUrl.default.replace('/v4', '/v5');
  }),
  onWhole('the server has no path', (document) => {
    const { baseUrl } = firstServer(document).variables;
    if (baseUrl) baseUrl.default = baseUrl.default.replace('/v4', '');
  }),
  onWhole('the server is elsewhere', (document) => {
    const { baseUrl } = firstServer(document).variables;
    if (baseUrl) baseUrl.default = 'https://api.example.com/v4';
  }),
  onWhole('the server has no variable', (document) => {
    firstServer(document).url = 'http://127.0.0.1:4010';
  }),
  onWhole('there is a second server', (document) => {
    (document['servers'] as unknown[]).push({ url: 'http://127.0.0.1:4011/v4', description: 'Another.' });
  }),
  onWhole('the servers are dropped', (document) => delete document['servers']),
  onWhole('the dialect is another', (document) => {
    document['jsonSchemaDialect'] = 'https://spec.openapis.org/oas/3.1/dialect/base';
  }),
  onWhole('the document says it is 3.1', (document) => {
    document['openapi'] = '3.1.0';
  }),
  onWhole('the version is another', (document) => {
    row(document['info'])['version'] = '4.0.2';
  }),
  onRow(
    'a tag is renamed',
    (document) => Object.keys((document as unknown as { tags: unknown[] }).tags).map((index) => ['tags', index]),
    (tag) => {
      tag['name'] = `${String(tag['name'])}Renamed`;
    },
  ),
];
