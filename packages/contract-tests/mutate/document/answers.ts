import { isRecord, type Document } from '../../src/document/document.ts';
import type { Pointer } from '../../src/document/pointer.ts';
import { onEntry, onRow, rename, swap, type DocumentMutation, type Row } from './mutation.ts';
import {
  errorExamples,
  operationPlaces,
  ownContents,
  requestExamples,
  responseExamples,
  responsePlaces,
  schemaPlaces,
  sharedContents,
  sharedHeaders,
  sharedResponses,
  streamContents,
} from './places.ts';

const row = (value: unknown): Row => value as Row;
const isShared = (value: unknown): boolean => isRecord(value) && '$ref' in value;
const successOf = (responses: Row): string => Object.keys(responses).find((status) => status.startsWith('2')) ?? '200';
const reference = (kind: string, name: string): Row => ({ $ref: `#/components/${kind}/${name}` });

const successPlaces = (document: Document): Pointer[] =>
  responsePlaces(document).filter((place) => place.at(-1)?.startsWith('2'));

export const answerMutations: DocumentMutation[] = [
  onEntry('the success has another status', successPlaces, (responses, status) => rename(responses, status, '202')),
  onEntry('the success is 200 for 201, or 201 for 200', successPlaces, (responses, status) =>
    rename(responses, status, status === '200' ? '201' : '200'),
  ),
  onEntry('a status is removed', responsePlaces, (responses, status) => delete responses[status]),
  onEntry('there is a second success', successPlaces, (responses, status) => {
    responses['202'] = structuredClone(responses[status]);
  }),
  onEntry(
    'any other status is documented',
    responsePlaces,
    (responses) => {
      responses['default'] = reference('responses', 'InternalServerError');
    },
    isShared,
  ),
  onEntry(
    'an error has another status',
    responsePlaces,
    (responses, status) => rename(responses, status, '418'),
    isShared,
  ),
  onEntry(
    'an error has the answer of another',
    responsePlaces,
    (responses, status) => {
      responses[status] = reference('responses', status === '404' ? 'BadRequest' : 'NotFound');
    },
    isShared,
  ),
  onEntry(
    'two errors change places',
    responsePlaces,
    (responses, status) => swap(responses, status, status === '404' ? '400' : '404'),
    (value, responses) => isShared(value) && '400' in responses && '404' in responses,
  ),
  onEntry('an answer has another media type', ownContents, (content, type) => rename(content, type, 'text/csv')),
  onEntry('an answer has a parameter in its media type', ownContents, (content, type) =>
    rename(content, type, `${type}; charset=utf-8`),
  ),
  onEntry('an answer has a second media type', ownContents, (content, type) => {
    content['text/plain'] = structuredClone(content[type]);
  }),
  onEntry(
    'an answer loses a media type',
    ownContents,
    (content, type) => delete content[type],
    (_, content) => Object.keys(content).length > 1,
  ),
  onRow(
    'an answer loses its body',
    responsePlaces,
    (response) => delete response['content'],
    (response) => 'content' in response,
  ),
  onRow(
    'an empty answer has a body',
    responsePlaces,
    (response) => {
      response['content'] = {
        'application/json': { schema: { type: 'object' }, examples: { default: { summary: 'Any', value: {} } } },
      };
    },
    (response) => !('content' in response) && !('$ref' in response),
  ),
  onEntry('an error has another media type', sharedContents, (content, type) => rename(content, type, 'text/plain')),
  onRow('an error has any body', sharedContents, (content) => {
    content['schema'] = { type: 'object' };
  }),
  onRow('an error has the body of a success', sharedContents, (content) => {
    content['schema'] = reference('schemas', 'ChatResponse');
  }),
  onRow('an error has no schema', sharedContents, (content) => delete content['schema']),
  onRow(
    'an answer has no schema',
    ownContents,
    (content) => delete content['schema'],
    (content) => 'schema' in content,
  ),
  onRow(
    'an answer is a list of what it was',
    ownContents,
    (content) => {
      content['schema'] = { type: 'array', items: content['schema'] };
    },
    (content) => 'schema' in content,
  ),
  onRow(
    'a list is one of what it held',
    ownContents,
    (content) => {
      content['schema'] = row(content['schema'])['items'];
    },
    (content) => isRecord(content['schema']) && 'items' in content['schema'],
  ),
  onRow(
    'an answer loses its headers',
    responsePlaces,
    (response) => delete response['headers'],
    (response) => 'headers' in response,
  ),
  onRow('an error loses one header', sharedResponses, (response) => {
    const headers = row(response['headers']);
    delete headers[Object.keys(headers).at(-1) ?? ''];
  }),
  onRow('an error gets a header', sharedResponses, (response) => {
    row(response['headers'])['X-Added'] = { description: 'Added.', schema: { type: 'string' }, example: 'x' };
  }),
  onRow('a header is renamed', sharedResponses, (response) => {
    const headers = row(response['headers']);
    rename(headers, Object.keys(headers).at(-1) ?? '', 'X-Renamed');
  }),
  onRow('a header has another type', sharedHeaders, (header) => {
    header['schema'] = { type: 'integer' };
  }),
  onRow('a header is always there', sharedHeaders, (header) => {
    header['required'] = true;
  }),
  onRow('a header is deprecated', sharedHeaders, (header) => {
    header['deprecated'] = true;
  }),
  onRow('a header has another example', sharedHeaders, (header) => {
    header['example'] = 'soon';
  }),
];

export const streamMutations: DocumentMutation[] = [
  onEntry('the stream is removed', streamContents, (content, type) => delete content[type]),
  onEntry(
    'the JSON answer beside the stream is removed',
    streamContents,
    (content) => delete content['application/json'],
  ),
  onEntry('the stream has another media type', streamContents, (content, type) =>
    rename(content, type, 'application/x-ndjson'),
  ),
  onRow('the item schema is dropped', streamContents, (content) => delete content['itemSchema']),
  onRow('the item schema is the schema', streamContents, (content) => rename(content, 'itemSchema', 'schema')),
  onRow('the item schema is another', streamContents, (content) => {
    const isChat = String(row(content['itemSchema'])['$ref']).endsWith('ChatEvent');
    content['itemSchema'] = reference('schemas', isChat ? 'CompletionEvent' : 'ChatEvent');
  }),
  onRow('the item schema is that of the JSON answer', streamContents, (content) => {
    const isChat = String(row(content['itemSchema'])['$ref']).endsWith('ChatEvent');
    content['itemSchema'] = reference('schemas', isChat ? 'ChatResponse' : 'CompletionResponse');
  }),
  onRow('any event is valid', streamContents, (content) => {
    content['itemSchema'] = { type: 'object' };
  }),
  onRow(
    'the data of an event may be any JSON',
    schemaPlaces,
    (schema) => delete schema['contentSchema'],
    (schema) => 'contentSchema' in schema,
  ),
  onRow(
    'the data of an event has no media type',
    schemaPlaces,
    (schema) => delete schema['contentMediaType'],
    (schema) => 'contentMediaType' in schema,
  ),
  onRow(
    'the data of an event has another media type',
    schemaPlaces,
    (schema) => {
      schema['contentMediaType'] = 'text/plain';
    },
    (schema) => 'contentMediaType' in schema,
  ),
  onRow(
    'the data of an event is something else',
    schemaPlaces,
    (schema) => {
      schema['contentSchema'] = reference('schemas', 'Usage');
    },
    (schema) => 'contentSchema' in schema,
  ),
];

type Example = { value: unknown };
const isObjectExample = (value: unknown): boolean => isRecord(value) && isRecord(value['value']);
const valueOf = (example: Row): Row => (example as unknown as Example).value as Row;
const keyOf = (value: Row, fits: (one: unknown) => boolean): string | undefined =>
  Object.keys(value).find((key) => fits(value[key]));
const isString = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';

export const exampleMutations: DocumentMutation[] = [
  onRow('a request example is no object', requestExamples, (example) => {
    example['value'] = 7;
  }),
  onRow(
    'a request example loses its first property',
    requestExamples,
    (example) => delete valueOf(example)[Object.keys(valueOf(example))[0] ?? ''],
    isObjectExample,
  ),
  onRow(
    'a request example has an unknown property',
    requestExamples,
    (example) => {
      valueOf(example)['unknown'] = 1;
    },
    isObjectExample,
  ),
  onRow(
    'a request example asks for the stream, or no longer',
    requestExamples,
    (example) => {
      valueOf(example)['stream'] = valueOf(example)['stream'] !== true;
    },
    (example) => isObjectExample(example) && 'stream' in valueOf(example),
  ),
  onEntry('a request example is removed', requestExamples, (examples, name) => delete examples[name]),
  onEntry('a request example is renamed', requestExamples, (examples, name) => rename(examples, name, 'renamed')),
  onRow(
    'a response example has a wrong type',
    responseExamples,
    (example) => {
      valueOf(example)[Object.keys(valueOf(example))[0] ?? 'x'] = { wrong: true };
    },
    isObjectExample,
  ),
  onRow(
    'a response example loses a property',
    responseExamples,
    (example) => delete valueOf(example)[Object.keys(valueOf(example)).at(-1) ?? ''],
    isObjectExample,
  ),
  onRow(
    'a response example has an unknown property',
    responseExamples,
    (example) => {
      valueOf(example)['unknown'] = 1;
    },
    isObjectExample,
  ),
  onRow(
    'a text in a response example is a number',
    responseExamples,
    (example) => {
      valueOf(example)[keyOf(valueOf(example), isString) ?? ''] = 7;
    },
    (example) => isObjectExample(example) && keyOf(valueOf(example), isString) !== undefined,
  ),
  onRow(
    'a number in a response example is a text',
    responseExamples,
    (example) => {
      valueOf(example)[keyOf(valueOf(example), isNumber) ?? ''] = '7';
    },
    (example) => isObjectExample(example) && keyOf(valueOf(example), isNumber) !== undefined,
  ),
  onRow('a response example is null', responseExamples, (example) => {
    example['value'] = null;
  }),
  onEntry('a response example is removed', responseExamples, (examples, name) => delete examples[name]),
  onRow('an error example has a wrong detail', errorExamples, (example) => {
    example['value'] = { detail: 7 };
  }),
  onRow('an error example has no detail', errorExamples, (example) => {
    example['value'] = {};
  }),
  onEntry('an error example is removed', errorExamples, (examples, name) => delete examples[name]),
  onRow('an example lies in a file that is missing', requestExamples, (example) => {
    delete example['value'];
    example['externalValue'] = 'examples/missing.json';
  }),
  onRow(
    'all examples of an operation are removed',
    operationPlaces,
    (operation) => {
      const success = row(row(operation['responses'])[successOf(row(operation['responses']))]);
      for (const content of Object.values((success['content'] as Row | undefined) ?? {}))
        delete row(content)['examples'];
    },
    (operation) => 'content' in row(row(operation['responses'])[successOf(row(operation['responses']))]),
  ),
];
