import { isRecord, type Document } from '../../src/document/document.ts';
import { onRow, rename, swap, type DocumentMutation, type Row } from './mutation.ts';
import { namedSchemas, requestSchemas, responseSchemas, schemaPlaces } from './places.ts';

type Change = (schema: Row, document: Document) => void;
type Fits = (schema: Row) => boolean;

const onSchema = (name: string, fits: Fits, change: Change): DocumentMutation =>
  onRow(name, schemaPlaces, change, fits);

const has =
  (keyword: string): Fits =>
  (schema) =>
    keyword in schema;
const drop =
  (keyword: string): Change =>
  (schema) => {
    delete schema[keyword];
  };
const set =
  (keyword: string, value: unknown): Change =>
  (schema) => {
    schema[keyword] = value;
  };
const listOf =
  (keyword: string): Fits =>
  (schema) =>
    Array.isArray(schema[keyword]) && schema[keyword].length > 0;
const list = (schema: Row, keyword: string): unknown[] => schema[keyword] as unknown[];
const typeOf =
  (type: string): Fits =>
  (schema) =>
    [schema['type']].flat().includes(type) && !('enum' in schema) && !('const' in schema);
const setType =
  (from: string, to: string): Change =>
  (schema) => {
    const types = [schema['type']].flat().map((type) => (type === from ? to : type));
    schema['type'] = Array.isArray(schema['type']) ? types : types[0];
  };
const propertiesOf = (schema: Row): Row => (isRecord(schema['properties']) ? schema['properties'] : {});
const names = (schema: Row): string[] => Object.keys(propertiesOf(schema));
const hasProperties: Fits = (schema) => names(schema).length > 0;
const firstName = (schema: Row): string => names(schema)[0] ?? '';
const lastName = (schema: Row): string => names(schema).at(-1) ?? '';
const isRequired = (schema: Row, name: string): boolean =>
  Array.isArray(schema['required']) && schema['required'].includes(name);
const optionalName = (schema: Row): string | undefined => names(schema).find((name) => !isRequired(schema, name));

/** Two properties that differ in more than their words. */
function differingNames(schema: Row): [string, string] | undefined {
  const wire = (name: string): string => JSON.stringify({ ...Object(propertiesOf(schema)[name]), description: '' });
  const [first = ''] = names(schema);
  const other = names(schema).find((name) => wire(name) !== wire(first));
  return other === undefined ? undefined : [first, other];
}

export const objectMutations: DocumentMutation[] = [
  onSchema('a required property becomes optional', listOf('required'), (schema) => list(schema, 'required').pop()),
  onSchema('nothing is required', listOf('required'), drop('required')),
  onSchema(
    'an optional property becomes required',
    (schema) => hasProperties(schema) && optionalName(schema) !== undefined,
    (schema) => {
      schema['required'] = [...((schema['required'] as unknown[] | undefined) ?? []), optionalName(schema)];
    },
  ),
  onSchema('what is required does not exist', listOf('required'), (schema) => list(schema, 'required').push('nothing')),
  onSchema(
    'another property is required',
    (schema) => listOf('required')(schema) && optionalName(schema) !== undefined,
    (schema) => list(schema, 'required').splice(0, 1, optionalName(schema)),
  ),
  onSchema('a property is removed', hasProperties, (schema) => delete propertiesOf(schema)[firstName(schema)]),
  onSchema('the last property is removed', hasProperties, (schema) => {
    delete propertiesOf(schema)[lastName(schema)];
    if (isRequired(schema, lastName(schema))) schema['required'] = [];
  }),
  onSchema('a property is renamed', hasProperties, (schema) =>
    rename(propertiesOf(schema), firstName(schema), 'renamed'),
  ),
  onSchema(
    'a property is in camel case',
    (schema) => names(schema).some((name) => name.includes('_')),
    (schema) => {
      const name = names(schema).find((one) => one.includes('_')) ?? '';
      const camel = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      rename(propertiesOf(schema), name, camel);
      if (isRequired(schema, name))
        schema['required'] = list(schema, 'required').map((one) => (one === name ? camel : one));
    },
  ),
  onSchema('a property is added', hasProperties, (schema) =>
    Object.assign(propertiesOf(schema), { added: { type: 'string', description: 'Added.' } }),
  ),
  onSchema(
    'two properties have each other\u2019s schema',
    (schema) => differingNames(schema) !== undefined,
    (schema) => swap(propertiesOf(schema), ...(differingNames(schema) as [string, string])),
  ),
  onSchema('a property may be anything', hasProperties, (schema) => {
    propertiesOf(schema)[firstName(schema)] = { description: 'Anything.' };
  }),
  onSchema('the properties are dropped', hasProperties, drop('properties')),
  onSchema('a closed object opens', (schema) => schema['additionalProperties'] === false, drop('additionalProperties')),
  onSchema(
    'an open object closes',
    (schema) => hasProperties(schema) && !('additionalProperties' in schema),
    set('additionalProperties', false),
  ),
  onSchema('a map takes any value', (schema) => isRecord(schema['additionalProperties']), drop('additionalProperties')),
  onSchema(
    'a map takes only texts',
    (schema) =>
      schema['additionalProperties'] === true || (typeOf('object')(schema) && !('additionalProperties' in schema)),
    set('additionalProperties', { type: 'string' }),
  ),
  onSchema('an object has at most one property', typeOf('object'), set('maxProperties', 1)),
  onSchema('named patterns are dropped', has('patternProperties'), drop('patternProperties')),
  onSchema('a named pattern is another', has('patternProperties'), (schema) => {
    const patterns = schema['patternProperties'] as Row;
    rename(patterns, Object.keys(patterns)[0] ?? '', '^other-');
  }),
  onSchema('a keyword is misspelt', has('properties'), (schema) => rename(schema, 'properties', 'propertys')),
];

export const typeMutations: DocumentMutation[] = [
  onSchema('string becomes integer', typeOf('string'), setType('string', 'integer')),
  onSchema('string becomes array', typeOf('string'), setType('string', 'array')),
  onSchema('integer becomes number', typeOf('integer'), setType('integer', 'number')),
  onSchema('integer becomes string', typeOf('integer'), setType('integer', 'string')),
  onSchema('number becomes integer', typeOf('number'), setType('number', 'integer')),
  onSchema('number becomes string', typeOf('number'), setType('number', 'string')),
  onSchema('boolean becomes string', typeOf('boolean'), setType('boolean', 'string')),
  onSchema('array becomes object', typeOf('array'), setType('array', 'object')),
  onSchema('object becomes array', typeOf('object'), setType('object', 'array')),
  onSchema('a type gets an alternative', typeOf('string'), (schema) => {
    schema['type'] = [schema['type'], 'number'].flat();
  }),
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
    (schema) =>
      typeof schema['type'] === 'string' && schema['type'] !== 'null' && !('enum' in schema) && !('const' in schema),
    (schema) => {
      schema['type'] = [schema['type'], 'null'];
    },
  ),
  onSchema(
    'a list of lists',
    (schema) => isRecord(schema['items']),
    (schema) => {
      schema['items'] = { type: 'array', items: schema['items'] };
    },
  ),
  onSchema('items may be anything', has('items'), drop('items')),
  onSchema(
    'items may be null',
    (schema) => isRecord(schema['items']),
    (schema) => {
      schema['items'] = { anyOf: [schema['items'], { type: 'null' }] };
    },
  ),
];

const maxOne =
  (keyword: string, by: number): Change =>
  (schema) => {
    schema[keyword] = Number(schema[keyword]) + by;
  };

export const valueMutations: DocumentMutation[] = [
  onSchema('an enum loses a value', listOf('enum'), (schema) => list(schema, 'enum').pop()),
  onSchema('an enum loses its first value', listOf('enum'), (schema) => list(schema, 'enum').shift()),
  onSchema('an enum gets a value', listOf('enum'), (schema) => list(schema, 'enum').push('added')),
  onSchema('an enum value is misspelt', listOf('enum'), (schema) => list(schema, 'enum').splice(0, 1, 'mispelt')),
  onSchema(
    'an enum value is in capitals',
    (schema) => listOf('enum')(schema) && typeof list(schema, 'enum')[0] === 'string',
    (schema) => list(schema, 'enum').splice(0, 1, String(list(schema, 'enum')[0]).toUpperCase()),
  ),
  onSchema('an enum is dropped', has('enum'), drop('enum')),
  onSchema('a text becomes an enum', typeOf('string'), set('enum', ['only', 'these'])),
  onSchema('a const changes', has('const'), set('const', 'changed')),
  onSchema('a const is dropped', has('const'), drop('const')),
  onSchema('a const may also be another', has('const'), (schema) => {
    schema['enum'] = [schema['const'], 'other'];
    delete schema['const'];
  }),
  onRow('a default of a request changes', requestSchemas, changeDefault, has('default')),
  onRow('a default of a response changes', responseSchemas, changeDefault, has('default')),
  onSchema('a default is dropped', has('default'), drop('default')),
  onSchema('a default is null', (schema) => 'default' in schema && schema['default'] !== null, set('default', null)),
  onSchema(
    'a default is added',
    (schema) => typeOf('string')(schema) && !('default' in schema),
    set('default', 'added'),
  ),
  onSchema('a pattern is dropped', has('pattern'), drop('pattern')),
  onSchema(
    'a pattern loses its anchor',
    (schema) => String(schema['pattern']).startsWith('^'),
    (schema) => {
      schema['pattern'] = String(schema['pattern']).slice(1);
    },
  ),
  onSchema(
    'a pattern is added',
    (schema) => typeOf('string')(schema) && !('pattern' in schema),
    set('pattern', '^.*$'),
  ),
  onSchema('a format is dropped', has('format'), drop('format')),
  onSchema('a format changes', has('format'), (schema) => {
    schema['format'] = schema['format'] === 'date' ? 'date-time' : 'date';
  }),
  onSchema('a format is added', (schema) => typeOf('string')(schema) && !('format' in schema), set('format', 'uuid')),
  onSchema('maxLength grows', has('maxLength'), maxOne('maxLength', 1)),
  onSchema('maxLength shrinks', has('maxLength'), maxOne('maxLength', -1)),
  onSchema('maxLength is dropped', has('maxLength'), drop('maxLength')),
  onSchema('minLength grows', has('minLength'), maxOne('minLength', 1)),
  onSchema('minLength is dropped', has('minLength'), drop('minLength')),
  onSchema('minLength is added', (schema) => typeOf('string')(schema) && !('minLength' in schema), set('minLength', 1)),
  onSchema(
    'maxLength is added',
    (schema) => typeOf('string')(schema) && !('maxLength' in schema),
    set('maxLength', 5000),
  ),
  onSchema(
    'a number is bounded below',
    (schema) => typeOf('integer')(schema) || typeOf('number')(schema),
    set('minimum', 0),
  ),
  onSchema(
    'a number is bounded above',
    (schema) => typeOf('integer')(schema) || typeOf('number')(schema),
    set('maximum', 1_000_000),
  ),
  onSchema('a list is bounded above', typeOf('array'), set('maxItems', 100)),
  onSchema('a list has one item at least', typeOf('array'), set('minItems', 1)),
  onSchema('a list has no item twice', typeOf('array'), set('uniqueItems', true)),
  onSchema(
    'a property is deprecated',
    (schema) => typeOf('string')(schema) && !('deprecated' in schema),
    set('deprecated', true),
  ),
  onSchema('a deprecation is dropped', has('deprecated'), drop('deprecated')),
  onSchema('a property is read-only', typeOf('string'), set('readOnly', true)),
  onSchema('a property is write-only', typeOf('string'), set('writeOnly', true)),
];

function changeDefault(schema: Row): void {
  const { default: value } = schema;
  if (typeof value === 'boolean') schema['default'] = !value;
  else if (typeof value === 'number') schema['default'] = value + 1;
  else if (listOf('enum')(schema)) schema['default'] = list(schema, 'enum').find((one) => one !== value);
  else schema['default'] = 'changed';
}

const reference = (name: string): Row => ({ $ref: `#/components/schemas/${name}` });

export const compositionMutations: DocumentMutation[] = [
  onSchema('anyOf loses its first branch', listOf('anyOf'), (schema) => list(schema, 'anyOf').shift()),
  onSchema('anyOf loses its last branch', listOf('anyOf'), (schema) => list(schema, 'anyOf').pop()),
  onSchema('anyOf gets a branch', listOf('anyOf'), (schema) => list(schema, 'anyOf').push({ type: 'boolean' })),
  onSchema('a branch of anyOf may be anything', listOf('anyOf'), (schema) => list(schema, 'anyOf').splice(0, 1, {})),
  onSchema(
    'the branches of anyOf change places',
    (schema) => listOf('anyOf')(schema) && list(schema, 'anyOf').length > 1,
    (schema) => {
      schema['anyOf'] = list(schema, 'anyOf').toReversed();
    },
  ),
  onSchema('anyOf becomes oneOf', listOf('anyOf'), (schema) => rename(schema, 'anyOf', 'oneOf')),
  onSchema('anyOf becomes allOf', listOf('anyOf'), (schema) => rename(schema, 'anyOf', 'allOf')),
  onSchema('oneOf becomes anyOf', listOf('oneOf'), (schema) => rename(schema, 'oneOf', 'anyOf')),
  onSchema('oneOf loses a branch', listOf('oneOf'), (schema) => list(schema, 'oneOf').pop()),
  onSchema('a reference leads elsewhere', has('$ref'), (schema) => {
    schema['$ref'] = reference(schema['$ref'] === '#/components/schemas/Usage' ? 'ToolCall' : 'Usage')['$ref'];
  }),
  onSchema('a reference leads nowhere', has('$ref'), set('$ref', '#/components/schemas/Nothing')),
  onSchema('a reference becomes any object', has('$ref'), (schema) => {
    delete schema['$ref'];
    schema['type'] = 'object';
  }),
  onSchema('a reference may be null', has('$ref'), (schema) => {
    schema['anyOf'] = [{ $ref: schema['$ref'] }, { type: 'null' }];
    delete schema['$ref'];
  }),
  onSchema('a discriminator is dropped', has('discriminator'), drop('discriminator')),
  onSchema('a discriminator reads another property', has('discriminator'), (schema) => {
    (schema['discriminator'] as Row)['propertyName'] = 'id';
  }),
  onSchema('a discriminator loses an entry', hasMapping, (schema) => {
    const mapping = mappingOf(schema);
    delete mapping[Object.keys(mapping)[0] ?? ''];
  }),
  onSchema(
    'a discriminator takes one for the other',
    (schema) => hasMapping(schema) && Object.keys(mappingOf(schema)).length > 1,
    (schema) => {
      const [first = '', second = ''] = Object.keys(mappingOf(schema));
      swap(mappingOf(schema), first, second);
    },
  ),
  onRow('a schema is renamed', namedSchemas, (schema, document) => {
    const all = document.components?.['schemas'] as Row;
    const name = Object.keys(all).find((one) => all[one] === schema) ?? '';
    rename(all, name, `${name}Renamed`);
    // With all that refers to it, so that nothing but the name is new.
    const whole = JSON.stringify(document).replaceAll(`/schemas/${name}"`, `/schemas/${name}Renamed"`);
    Object.assign(document, JSON.parse(whole));
  }),
  onRow('two schemas have each other\u2019s name', namedSchemas, (schema, document) => {
    const all = document.components?.['schemas'] as Row;
    const keys = Object.keys(all);
    const at = keys.findIndex((one) => all[one] === schema);
    swap(all, keys[at] ?? '', keys[(at + 1) % keys.length] ?? '');
  }),
];

function mappingOf(schema: Row): Row {
  return ((schema['discriminator'] as Row | undefined)?.['mapping'] ?? {}) as Row;
}

function hasMapping(schema: Row): boolean {
  return isRecord(schema['discriminator']) && Object.keys(mappingOf(schema)).length > 0;
}
