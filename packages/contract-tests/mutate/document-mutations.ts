import { isRecord, type Document } from '../src/document/document.ts';
import { valueAt, type Pointer } from '../src/document/pointer.ts';
import { listSchemas } from '../src/document/schemas.ts';

type Row = Record<string, unknown>;

/** One way to change a document in one place. */
export interface Mutation {
  name: string;
  /** Where it can be applied. */
  places(document: Document): Pointer[];
  /** Changes a copy of the document in one of those places. */
  apply(copy: Document, place: Pointer): void;
}

/** A change of one schema object, wherever one fits. */
function onSchema(name: string, fits: (schema: Row) => boolean, change: (schema: Row) => void): Mutation {
  return {
    name,
    places: (document) => schemaPlaces(document).filter((place) => fits(rowAt(document, place))),
    apply: (copy, place) => change(rowAt(copy, place)),
  };
}

/** A change of the value under one key. */
function onEntry(
  name: string,
  list: (document: Document) => Pointer[],
  fits: (value: unknown, holder: Row) => boolean,
  change: (holder: Row, key: string) => void,
): Mutation {
  return {
    name,
    places: (document) =>
      list(document).filter((place) => fits(valueAt(document, place), rowAt(document, place.slice(0, -1)))),
    apply: (copy, place) => change(rowAt(copy, place.slice(0, -1)), String(place.at(-1))),
  };
}

function rowAt(document: Document, place: Pointer): Row {
  return valueAt(document, place) as Row;
}

/** Every schema object, also those inside others. */
function schemaPlaces(document: Document): Pointer[] {
  const found: Pointer[] = [];
  const visit = (place: Pointer): void => {
    const schema = valueAt(document, place);
    if (!isRecord(schema)) return;
    found.push(place);
    for (const keyword of ['properties', 'patternProperties']) {
      for (const name of Object.keys((schema[keyword] as object | undefined) ?? {})) visit([...place, keyword, name]);
    }
    for (const keyword of ['items', 'additionalProperties', 'contentSchema']) {
      if (isRecord(schema[keyword])) visit([...place, keyword]);
    }
    for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
      const list = schema[keyword];
      if (Array.isArray(list)) for (const index of list.keys()) visit([...place, keyword, String(index)]);
    }
  };
  for (const place of listSchemas(document)) visit(place);
  return found;
}

const methods = ['get', 'post', 'patch', 'delete'];

function pathPlaces(document: Document): Pointer[] {
  return Object.keys(document.paths).map((path) => ['paths', path]);
}

function operationPlaces(document: Document): Pointer[] {
  return pathPlaces(document)
    .flatMap((place) => methods.map((method) => [...place, method]))
    .filter((place) => exists(document, place));
}

function under(list: (document: Document) => Pointer[], ...names: string[]): (document: Document) => Pointer[] {
  return (document) =>
    list(document)
      .map((place) => [...place, ...names])
      .filter((place) => exists(document, place))
      .flatMap((place) => Object.keys(valueAt(document, place) as object).map((name) => [...place, name]));
}

const parameterPlaces = under(operationPlaces, 'parameters');
const responsePlaces = under(operationPlaces, 'responses');
const bodyContents = under(operationPlaces, 'requestBody', 'content');
const ownContents = under(responsePlaces, 'content');
const sharedContents = under((document) => under(() => [['components']], 'responses')(document), 'content');
const streamContents = (document: Document): Pointer[] =>
  ownContents(document).filter((place) => place.at(-1) === 'text/event-stream');
const requestExamples = under(bodyContents, 'examples');
const responseExamples = (document: Document): Pointer[] =>
  under(ownContents, 'examples')(document).filter((place) => !place.includes('text/event-stream'));
const errorExamples = under(sharedContents, 'examples');
const streamExamples = under(streamContents, 'examples');

function exists(document: Document, place: Pointer): boolean {
  try {
    return valueAt(document, place) !== undefined;
  } catch {
    return false;
  }
}

function rename(holder: Row, key: string, name: string): void {
  holder[name] = holder[key];
  delete holder[key];
}

const typeOf =
  (type: string) =>
  (schema: Row): boolean =>
    [schema['type']].flat().includes(type);
const setType =
  (from: string, to: string) =>
  (schema: Row): void => {
    const types = [schema['type']].flat().map((type) => (type === from ? to : type));
    schema['type'] = Array.isArray(schema['type']) ? types : types[0];
  };
const has =
  (keyword: string) =>
  (schema: Row): boolean =>
    keyword in schema;
const drop =
  (keyword: string) =>
  (schema: Row): void => {
    delete schema[keyword];
  };
const listOf =
  (keyword: string) =>
  (schema: Row): boolean =>
    Array.isArray(schema[keyword]) && schema[keyword].length > 0;
const isText = (value: unknown): value is { value: string } => isRecord(value) && typeof value['value'] === 'string';

/** Changes the text of a stream example, where that changes anything. */
function onStream(name: string, change: (text: string) => string): Mutation {
  return onEntry(
    name,
    streamExamples,
    (value) => isText(value) && change(value.value) !== value.value,
    (holder, key) => {
      const example = holder[key] as { value: string };
      example.value = change(example.value);
    },
  );
}

/** One-change mutations of the document. A mutation that no test notices is a hole in the suite. */
export const documentMutations: Mutation[] = [
  // Objects
  onSchema('a required property becomes optional', listOf('required'), (schema) =>
    (schema['required'] as unknown[]).pop(),
  ),
  onSchema('nothing is required', listOf('required'), drop('required')),
  onSchema(
    'an optional property becomes required',
    (schema) =>
      isRecord(schema['properties']) && Object.keys(schema['properties']).some((name) => !isRequired(schema, name)),
    (schema) => {
      const name = Object.keys(schema['properties'] as Row).find((one) => !isRequired(schema, one));
      schema['required'] = [...((schema['required'] as unknown[] | undefined) ?? []), name];
    },
  ),
  onSchema('a property is removed', hasProperties, (schema) => delete (schema['properties'] as Row)[firstName(schema)]),
  onSchema('a property is renamed', hasProperties, (schema) =>
    rename(schema['properties'] as Row, firstName(schema), 'renamed'),
  ),
  onSchema('a property is added', hasProperties, (schema) =>
    Object.assign(schema['properties'] as Row, { added: { type: 'string' } }),
  ),
  onSchema('a closed object opens', (schema) => schema['additionalProperties'] === false, drop('additionalProperties')),
  onSchema(
    'an open object closes',
    (schema) => isRecord(schema['properties']) && !('additionalProperties' in schema),
    (schema) => {
      schema['additionalProperties'] = false;
    },
  ),
  onSchema('a map takes any value', (schema) => isRecord(schema['additionalProperties']), drop('additionalProperties')),
  onSchema('named patterns are dropped', has('patternProperties'), drop('patternProperties')),
  onSchema('the properties are dropped', hasProperties, drop('properties')),
  // Types
  onSchema('string becomes integer', typeOf('string'), setType('string', 'integer')),
  onSchema('string becomes array', typeOf('string'), setType('string', 'array')),
  onSchema('integer becomes number', typeOf('integer'), setType('integer', 'number')),
  onSchema('integer becomes string', typeOf('integer'), setType('integer', 'string')),
  onSchema('number becomes integer', typeOf('number'), setType('number', 'integer')),
  onSchema('boolean becomes string', typeOf('boolean'), setType('boolean', 'string')),
  onSchema('array becomes object', typeOf('array'), setType('array', 'object')),
  onSchema('object becomes array', typeOf('object'), setType('object', 'array')),
  onSchema(
    'the type is dropped',
    (schema) => 'type' in schema && !('enum' in schema) && !('const' in schema),
    drop('type'),
  ),
  onSchema(
    'null is no longer allowed',
    (schema) => Array.isArray(schema['type']) && schema['type'].includes('null'),
    (schema) => {
      schema['type'] = (schema['type'] as string[]).find((type) => type !== 'null');
    },
  ),
  onSchema(
    'null is allowed',
    (schema) => typeof schema['type'] === 'string' && !('enum' in schema) && !('const' in schema),
    (schema) => {
      schema['type'] = [schema['type'], 'null'];
    },
  ),
  // Values
  onSchema('an enum loses a value', listOf('enum'), (schema) => (schema['enum'] as unknown[]).pop()),
  onSchema('an enum gets a value', listOf('enum'), (schema) => (schema['enum'] as unknown[]).push('added')),
  onSchema('an enum value is misspelt', listOf('enum'), (schema) =>
    (schema['enum'] as unknown[]).splice(0, 1, 'mispelt'),
  ),
  onSchema('an enum is dropped', has('enum'), drop('enum')),
  onSchema('a const changes', has('const'), (schema) => {
    schema['const'] = 'changed';
  }),
  onSchema('a const is dropped', has('const'), drop('const')),
  onSchema('a default changes', has('default'), (schema) => {
    schema['default'] = typeof schema['default'] === 'boolean' ? !schema['default'] : 'changed';
  }),
  onSchema('a default is dropped', has('default'), drop('default')),
  onSchema('a pattern is dropped', has('pattern'), drop('pattern')),
  onSchema(
    'a pattern loses its anchor',
    (schema) => String(schema['pattern']).startsWith('^'),
    (schema) => {
      schema['pattern'] = String(schema['pattern']).slice(1);
    },
  ),
  onSchema('a format is dropped', has('format'), drop('format')),
  onSchema('a format changes', has('format'), (schema) => {
    schema['format'] = 'date-time';
  }),
  onSchema('maxLength grows', has('maxLength'), (schema) => {
    schema['maxLength'] = Number(schema['maxLength']) + 1;
  }),
  onSchema('maxLength shrinks', has('maxLength'), (schema) => {
    schema['maxLength'] = Number(schema['maxLength']) - 1;
  }),
  onSchema('maxLength is dropped', has('maxLength'), drop('maxLength')),
  onSchema('minLength grows', has('minLength'), (schema) => {
    schema['minLength'] = Number(schema['minLength']) + 1;
  }),
  onSchema('minLength is dropped', has('minLength'), drop('minLength')),
  onSchema('a keyword is misspelt', has('properties'), (schema) => rename(schema, 'properties', 'propertys')),
  // Composition
  onSchema('anyOf loses its first branch', listOf('anyOf'), (schema) => (schema['anyOf'] as unknown[]).shift()),
  onSchema('anyOf loses its last branch', listOf('anyOf'), (schema) => (schema['anyOf'] as unknown[]).pop()),
  onSchema('oneOf loses a branch', listOf('oneOf'), (schema) => (schema['oneOf'] as unknown[]).pop()),
  onSchema('a reference leads elsewhere', has('$ref'), (schema) => {
    schema['$ref'] = `#/components/schemas/${schema['$ref'] === '#/components/schemas/Usage' ? 'ToolCall' : 'Usage'}`;
  }),
  onSchema('a reference leads nowhere', has('$ref'), (schema) => {
    schema['$ref'] = '#/components/schemas/Nothing';
  }),
  onSchema('items may be anything', has('items'), drop('items')),
  onSchema('a discriminator is dropped', has('discriminator'), drop('discriminator')),
  // Operations
  onEntry(
    'a path is renamed',
    pathPlaces,
    () => true,
    (paths, path) => rename(paths, path, `${path}-renamed`),
  ),
  onEntry(
    'a path is removed',
    pathPlaces,
    () => true,
    (paths, path) => delete paths[path],
  ),
  onEntry(
    'a method changes',
    operationPlaces,
    () => true,
    (item, method) => rename(item, method, 'put'),
  ),
  onEntry(
    'an operation is removed',
    operationPlaces,
    () => true,
    (item, method) => delete item[method],
  ),
  onEntry(
    'an operationId changes',
    operationPlaces,
    () => true,
    (item, method) => {
      (item[method] as Row)['operationId'] = 'Renamed_operation';
    },
  ),
  onEntry(
    'an operation is no longer deprecated',
    operationPlaces,
    (value) => isRecord(value) && value['deprecated'] === true,
    (item, method) => {
      delete (item[method] as Row)['deprecated'];
    },
  ),
  onEntry(
    'an operation needs no key',
    operationPlaces,
    () => true,
    (item, method) => {
      (item[method] as Row)['security'] = [];
    },
  ),
  onEntry(
    'a body becomes optional',
    operationPlaces,
    (value) => isRecord(value) && isRecord(value['requestBody']),
    (item, method) => {
      ((item[method] as Row)['requestBody'] as Row)['required'] = false;
    },
  ),
  onEntry(
    'a body is removed',
    operationPlaces,
    (value) => isRecord(value) && 'requestBody' in value,
    (item, method) => {
      delete (item[method] as Row)['requestBody'];
    },
  ),
  onEntry(
    'a body has another media type',
    bodyContents,
    () => true,
    (content, type) => rename(content, type, 'text/plain'),
  ),
  // Parameters
  onEntry(
    'a parameter is removed',
    parameterPlaces,
    () => true,
    (list, index) => (list as unknown as unknown[]).splice(Number(index), 1),
  ),
  onEntry(
    'a parameter is renamed',
    parameterPlaces,
    () => true,
    (list, index) => {
      (list[index] as Row)['name'] = 'renamed';
    },
  ),
  onEntry(
    'a required parameter becomes optional',
    parameterPlaces,
    (value) => isRecord(value) && value['required'] === true && value['in'] === 'query',
    (list, index) => {
      (list[index] as Row)['required'] = false;
    },
  ),
  onEntry(
    'an optional parameter becomes required',
    parameterPlaces,
    (value) => isRecord(value) && value['required'] !== true,
    (list, index) => {
      (list[index] as Row)['required'] = true;
    },
  ),
  onEntry(
    'a query parameter moves to a header',
    parameterPlaces,
    (value) => isRecord(value) && value['in'] === 'query',
    (list, index) => {
      (list[index] as Row)['in'] = 'header';
    },
  ),
  onEntry(
    'a list is sent in one value',
    parameterPlaces,
    (value) => isRecord(value) && value['explode'] === true,
    (list, index) => {
      (list[index] as Row)['explode'] = false;
    },
  ),
  // Answers
  onEntry(
    'the success has another status',
    responsePlaces,
    (_, holder) => !('202' in holder),
    (responses) => {
      rename(responses, Object.keys(responses).find((status) => status.startsWith('2')) ?? '200', '202');
    },
  ),
  onEntry(
    'a status is removed',
    responsePlaces,
    () => true,
    (responses, status) => delete responses[status],
  ),
  onEntry(
    'an error has another status',
    responsePlaces,
    (value) => isRecord(value) && '$ref' in value,
    (responses, status) => rename(responses, status, '418'),
  ),
  onEntry(
    'an answer has another media type',
    ownContents,
    () => true,
    (content, type) => rename(content, type, 'text/csv'),
  ),
  onEntry(
    'an error has another media type',
    sharedContents,
    () => true,
    (content, type) => rename(content, type, 'text/plain'),
  ),
  onEntry(
    'an answer has no schema',
    ownContents,
    (value) => isRecord(value) && 'schema' in value,
    (content, type) => delete (content[type] as Row)['schema'],
  ),
  onEntry(
    'the stream is removed',
    streamContents,
    () => true,
    (content, type) => delete content[type],
  ),
  onEntry(
    'the item schema is dropped',
    streamContents,
    () => true,
    (content, type) => delete (content[type] as Row)['x-item-schema'],
  ),
  onEntry(
    'the item schema is another',
    streamContents,
    () => true,
    (content, type) => {
      const media = content[type] as { 'x-item-schema': { $ref: string } };
      const other = media['x-item-schema'].$ref.endsWith('ChatEvent') ? 'CompletionEvent' : 'ChatEvent';
      media['x-item-schema'] = { $ref: `#/components/schemas/${other}` };
    },
  ),
  onSchema('the data of an event may be any JSON', has('contentSchema'), drop('contentSchema')),
  onSchema('the data of an event has no media type', has('contentMediaType'), drop('contentMediaType')),
  onEntry(
    'a response loses its headers',
    responsePlaces,
    (value) => isRecord(value) && 'headers' in value,
    (responses, status) => delete (responses[status] as Row)['headers'],
  ),
  // The whole
  onEntry(
    'nothing needs a key',
    () => [['security']],
    () => true,
    (document) => {
      document['security'] = [];
    },
  ),
  onEntry(
    'the key has another header',
    under(() => [['components']], 'securitySchemes'),
    () => true,
    (schemes, name) => {
      (schemes[name] as Row)['name'] = 'Authorization';
    },
  ),
  onEntry(
    'the server has another path',
    () => [['servers']],
    () => true,
    (document) => {
      const [server] = document['servers'] as { variables: Record<string, { default: string }> }[];
      for (const variable of Object.values(server?.variables ?? {}))
        variable.default = variable.default.replace('/v4', '/v5');
    },
  ),
  onEntry(
    'the dialect is another',
    () => [['jsonSchemaDialect']],
    () => true,
    (document) => {
      document['jsonSchemaDialect'] = 'https://spec.openapis.org/oas/3.1/dialect/base';
    },
  ),
  // Examples
  onEntry(
    'a request example loses a required property',
    requestExamples,
    (value) => isRecord(value) && isRecord(value['value']),
    (examples, name) => {
      (examples[name] as Row)['value'] = 7;
    },
  ),
  onEntry(
    'a response example has a wrong type',
    responseExamples,
    (value) => isRecord(value) && isRecord(value['value']),
    (examples, name) => {
      const value = (examples[name] as Row)['value'] as Row;
      value[Object.keys(value)[0] ?? 'x'] = { wrong: true };
    },
  ),
  onEntry(
    'an error example has a wrong detail',
    errorExamples,
    () => true,
    (examples, name) => {
      (examples[name] as Row)['value'] = { detail: 7 };
    },
  ),
  onStream('a stream example loses its last event', (text) => text.slice(0, text.trimEnd().lastIndexOf('data:'))),
  onStream('a stream example has no finish reason', (text) =>
    text.replace(/"finish_reason":"\w+"/, '"finish_reason":null'),
  ),
  onStream('a stream example has LF for CRLF', (text) => text.replaceAll('\r\n', '\n')),
  onStream('a stream example has no comments', (text) => text.replaceAll(/^:.*$/gm, '')),
  onStream('an error event has no name', (text) => text.replace(/^event: error\r?\n/m, '')),
  onStream('an event is broken', (text) => text.replace('"data":[', '"data":')),
  onStream('an event lacks output', (text) => text.replace('"output":', '"outputs":')),
  onStream('a stream example is in ASCII', (text) => text.replaceAll(/[\u0080-\uFFFF]/g, '?')),
  onStream('all samples have one config', (text) => {
    const [first = ''] = /"model_config_id":"\w+"/.exec(text) ?? [];
    return text.replaceAll(/"model_config_id":"\w+"/g, first);
  }),
];

function hasProperties(schema: Row): boolean {
  return isRecord(schema['properties']) && Object.keys(schema['properties']).length > 0;
}

function firstName(schema: Row): string {
  return Object.keys(schema['properties'] as Row)[0] ?? '';
}

function isRequired(schema: Row, name: string): boolean {
  return Array.isArray(schema['required']) && schema['required'].includes(name);
}
