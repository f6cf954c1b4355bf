/** The comparer sees each kind of change, and takes two notations of the same for the same. */
import { describe, expect, test } from 'vitest';
import type { Document, Schema } from '../../src/document.ts';
import { compare } from './compare.ts';
import { explain } from './explain.ts';

/** A small description, in the notation of OpenAPI 3.0 as far as it matters. */
function createDocument(): Document {
  return {
    openapi: '3.0.2',
    info: { title: 'Notes', version: '1.0.0' },
    servers: [{ url: 'https://notes.example.org' }],
    tags: [{ name: 'Notes' }],
    security: [{ Key: [] }],
    paths: {
      '/notes': {
        get: {
          operationId: 'Notes_list',
          tags: ['Notes'],
          summary: 'List',
          description: 'Lists.',
          parameters: [
            { name: 'id', in: 'query', required: true, schema: { type: 'array', items: { type: 'string' } } },
            { name: 'size', in: 'query', schema: { type: 'integer', default: 10 } },
          ],
          responses: {
            200: {
              description: '',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } },
            },
            204: { description: '' },
          },
        },
        post: {
          operationId: 'Notes_create',
          tags: ['Notes'],
          summary: 'Create',
          description: 'Creates.',
          deprecated: true,
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/NoteRequest' } } },
          },
          responses: {},
        },
      },
    },
    components: {
      securitySchemes: { Key: { type: 'apiKey', in: 'header', name: 'X-API-KEY' } },
      schemas: {
        Note: {
          type: 'object',
          required: ['id'],
          properties: {
            id: { type: 'string', format: 'date-time' },
            size: { type: 'integer' },
            colour: { allOf: [{ $ref: '#/components/schemas/Colour' }], default: 'red' },
            parts: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
            more: { type: 'object', additionalProperties: { type: 'string' }, deprecated: true },
            inner: { type: 'object', properties: { deep: { type: 'boolean' } } },
          },
        },
        Colour: { type: 'string', enum: ['red', 'blue'] },
        NoteRequest: {
          type: 'object',
          additionalProperties: false,
          properties: { text: { type: 'string', maxLength: 9, nullable: true } },
        },
        Choice: {
          oneOf: [{ $ref: '#/components/schemas/Note' }, { $ref: '#/components/schemas/NoteRequest' }],
          discriminator: { propertyName: 'kind', mapping: { a: '#/components/schemas/Note' } },
        },
      },
    },
  };
}

type Edit = (document: Document, note: Record<string, Schema>) => void;

/** Applies an edit to a copy of the document, and compares. */
function linesAfter(edit: Edit): string[] {
  const changed = createDocument();
  edit(changed, changed.components.schemas.Note!.properties!);
  return compare(createDocument(), changed);
}

describe('a change of meaning', () => {
  const changes: { given: string; edit: Edit; want: string[] }[] = [
    {
      given: 'a lost path',
      edit: (document) => delete document.paths['/notes'],
      want: ['- operation GET /notes', '- operation POST /notes'],
    },
    {
      given: 'a new operation',
      edit: ({ paths }) => (paths['/notes']!.put = { ...paths['/notes']!.get! }),
      want: ['+ operation PUT /notes'],
    },
    {
      given: 'another operationId',
      edit: ({ paths }) => (paths['/notes']!.get!.operationId = 'Notes_all'),
      want: ['- operation GET /notes id Notes_list', '+ operation GET /notes id Notes_all'],
    },
    {
      given: 'another tag',
      edit: ({ paths }) => (paths['/notes']!.get!.tags = ['Texts']),
      want: ['- operation GET /notes tag Notes', '+ operation GET /notes tag Texts'],
    },
    {
      given: 'an operation that is not deprecated any more',
      edit: ({ paths }) => delete paths['/notes']!.post!.deprecated,
      want: ['- operation POST /notes deprecated'],
    },
    {
      given: 'an operation without security',
      edit: ({ paths }) => (paths['/notes']!.get!.security = []),
      want: ['- operation GET /notes security Key'],
    },
    {
      given: 'another header for the key',
      edit: ({ components }) => (components.securitySchemes!.Key!.name = 'X-KEY'),
      want: ['- document security Key: apiKey header X-API-KEY', '+ document security Key: apiKey header X-KEY'],
    },
    {
      given: 'a lost parameter',
      edit: ({ paths }) => paths['/notes']!.get!.parameters!.pop(),
      want: ['- parameter GET /notes query size'],
    },
    {
      given: 'a parameter that has moved',
      edit: ({ paths }) => Object.assign(paths['/notes']!.get!.parameters![1]!, { in: 'header' }),
      want: ['- parameter GET /notes query size', '+ parameter GET /notes header size'],
    },
    {
      given: 'a parameter that is no longer required',
      edit: ({ paths }) => Object.assign(paths['/notes']!.get!.parameters![0]!, { required: false }),
      want: ['- parameter GET /notes query id required'],
    },
    {
      given: 'a parameter with another default',
      edit: ({ paths }) =>
        Object.assign(paths['/notes']!.get!.parameters![1]!, { schema: { type: 'integer', default: 5 } }),
      want: ['- parameter GET /notes query size default 10', '+ parameter GET /notes query size default 5'],
    },
    {
      given: 'a list in the query that is joined by commas',
      edit: ({ paths }) => Object.assign(paths['/notes']!.get!.parameters![0]!, { explode: false }),
      want: ['- parameter GET /notes query id explode true', '+ parameter GET /notes query id explode false'],
    },
    {
      given: 'a body that may be left out',
      edit: ({ paths }) => Object.assign(paths['/notes']!.post!.requestBody!, { required: false }),
      want: ['- body POST /notes required true', '+ body POST /notes required false'],
    },
    {
      given: 'a body of another schema',
      edit: ({ paths }) =>
        Object.assign(paths['/notes']!.post!.requestBody!, {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } },
        }),
      want: ['- body POST /notes application/json #NoteRequest', '+ body POST /notes application/json #Note'],
    },
    {
      given: 'no body',
      edit: ({ paths }) => delete paths['/notes']!.post!.requestBody,
      want: ['- body POST /notes'],
    },
    {
      given: 'another status',
      edit: ({ paths }) => {
        const { responses } = paths['/notes']!.get!;
        responses['201'] = responses['204']!;
        delete responses['204'];
      },
      want: ['- response GET /notes 204', '+ response GET /notes 201'],
    },
    {
      given: 'another media type',
      edit: ({ paths }) =>
        (paths['/notes']!.get!.responses['200'] = { description: '', content: { 'text/plain': {} } }),
      want: [
        '- response GET /notes 200 application/json',
        '- response GET /notes 200 application/json #Note',
        '+ response GET /notes 200 text/plain',
      ],
    },
    {
      given: 'a lost schema',
      edit: ({ components }) => delete components.schemas.Colour,
      want: ['- schema Colour [response]'],
    },
    {
      given: 'a lost property',
      edit: (_, note) => delete note.size,
      want: ['- property Note.size [response, optional]'],
    },
    {
      given: 'a new property',
      edit: (_, note) => (note.weight = { type: 'integer' }),
      want: ['+ property Note.weight [response, optional]'],
    },
    {
      given: 'a lost property of an object within a schema',
      edit: (_, note) => (note.inner = { type: 'object' }),
      want: ['- property Note.inner.deep [response, optional]'],
    },
    {
      given: 'a property that has become required',
      edit: ({ components }) => components.schemas.Note!.required!.push('size'),
      want: ['+ property Note.size required [response, required]'],
    },
    {
      given: 'a lost value of an enum',
      edit: ({ components }) => (components.schemas.Colour!.enum = ['red']),
      want: ['- schema Colour type "blue" [response]'],
    },
    {
      given: 'a narrower type',
      edit: (_, note) => (note.parts!.items = { type: 'string' }),
      want: [
        '- property Note.parts type array<integer|string> [response, optional]',
        '+ property Note.parts type array<string> [response, optional]',
      ],
    },
    {
      given: 'a property that admits null',
      edit: (_, note) => (note.size = { type: ['integer', 'null'] }),
      want: ['+ property Note.size type null [response, optional]'],
    },
    {
      given: 'a lost format',
      edit: (_, note) => delete note.id!.format,
      want: [
        '- property Note.id type string(date-time) [response, required]',
        '+ property Note.id type string [response, required]',
      ],
    },
    {
      given: 'another length',
      edit: ({ components }) => (components.schemas.NoteRequest!.properties!.text!.maxLength = 8),
      want: [
        '- property NoteRequest.text type string{"maxLength":9} [request, optional]',
        '+ property NoteRequest.text type string{"maxLength":8} [request, optional]',
      ],
    },
    {
      given: 'another default',
      edit: (_, note) => (note.colour!.default = 'blue'),
      want: [
        '- property Note.colour default "red" [response, optional]',
        '+ property Note.colour default "blue" [response, optional]',
      ],
    },
    {
      given: 'a property that is not deprecated any more',
      edit: (_, note) => delete note.more!.deprecated,
      want: ['- property Note.more deprecated [response, optional]'],
    },
    {
      given: 'a map of other values',
      edit: (_, note) => (note.more!.additionalProperties = { type: 'integer' }),
      want: [
        '- property Note.more type object<string> [response, optional]',
        '+ property Note.more type object<integer> [response, optional]',
      ],
    },
    {
      given: 'a body that is no longer closed',
      edit: ({ components }) => delete components.schemas.NoteRequest!.additionalProperties,
      want: ['- schema NoteRequest closed [request]'],
    },
    {
      given: 'a discriminator that has lost its mapping',
      edit: ({ components }) => delete components.schemas.Choice!.discriminator,
      want: ['- schema Choice kind "a" means #/components/schemas/Note [unused]'],
    },
    {
      given: 'a choice that admits several branches at once',
      edit: ({ components }) => {
        const { oneOf = [], discriminator } = components.schemas.Choice!;
        components.schemas.Choice = { anyOf: oneOf, discriminator };
      },
      want: ['- schema Choice exactly one [unused]'],
    },
  ];

  test.each(changes)('$given', ({ edit, want }) => {
    expect(linesAfter(edit)).toEqual(want);
  });
});

describe('a change of notation', () => {
  const changes: { given: string; edit: Edit }[] = [
    { given: 'nothing', edit: () => {} },
    {
      given: 'the order of properties, required names and values',
      edit: ({ components }, note) => {
        components.schemas.Note!.properties = Object.fromEntries(Object.entries(note).toReversed());
        components.schemas.Colour!.enum = ['blue', 'red'];
      },
    },
    {
      given: 'words',
      edit: ({ paths }, note) => {
        note.size!.description = 'Its size.';
        paths['/notes']!.get!.summary = 'List notes';
      },
    },
    {
      given: 'a reference without allOf around it',
      edit: (_, note) => (note.colour = { $ref: '#/components/schemas/Colour', default: 'red' }),
    },
    {
      given: 'null as a type in place of nullable',
      edit: ({ components }) =>
        (components.schemas.NoteRequest!.properties!.text = { type: ['string', 'null'], maxLength: 9 }),
    },
    {
      given: 'null as a branch in place of nullable',
      edit: ({ components }) =>
        (components.schemas.NoteRequest!.properties!.text = {
          anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }],
        }),
    },
    {
      given: 'an enum split into several',
      edit: ({ components }) => (components.schemas.Colour = { anyOf: [{ enum: ['red'] }, { const: 'blue' }] }),
    },
    {
      given: 'style and explode written out',
      edit: ({ paths }) => Object.assign(paths['/notes']!.get!.parameters![0]!, { style: 'form', explode: true }),
    },
    {
      given: 'security at the operation',
      edit: ({ paths }) => (paths['/notes']!.get!.security = [{ Key: [] }]),
    },
    {
      given: 'a response in components',
      edit: ({ components, paths }) => {
        const { responses } = paths['/notes']!.get!;
        components.responses = { Nothing: { description: '' } };
        responses['204'] = { $ref: '#/components/responses/Nothing' };
      },
    },
  ];

  test.each(changes)('$given makes no difference', ({ edit }) => {
    expect(linesAfter(edit)).toEqual([]);
  });
});

describe('an explanation', () => {
  const differences = ['+ property Note.size type null [response, optional]', '- schema Colour [response]'];

  test('covers the lines that its pattern matches, and leaves the others unexplained', () => {
    const outcome = explain(differences, [{ reason: '', lines: ['+ property * type null [response, optional]'] }]);
    expect(outcome).toMatchObject({ unexplained: ['- schema Colour [response]'], unused: [] });
  });

  test('that covers nothing is named', () => {
    const lines = ['+ property * type null [request, optional]', ...differences];
    expect(explain(differences, [{ reason: '', lines }])).toMatchObject({
      unexplained: [],
      unused: ['+ property * type null [request, optional]'],
    });
  });

  test('reads all characters but * as they are', () => {
    expect(explain(['+ a.b'], [{ reason: '', lines: ['+ aXb', '+ a.b|'] }]).unexplained).toEqual(['+ a.b']);
  });
});
