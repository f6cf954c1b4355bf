import { Ajv2020, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ContractError, messageOf } from '../errors.ts';
import { isRecord, type Document } from './document.ts';
import { isReference, toFragment, valueAt, type Pointer } from './pointer.ts';

/** Judges values by the schemas of one document, with AJV in JSON Schema 2020-12. */
export interface Schemas {
  /** What is wrong with the value, one sentence a fault; empty when it is valid. */
  check(schema: Pointer, value: unknown): string[];
  /** The same for a value that came as text, such as a query parameter: `'7'` is an integer. */
  checkText(schema: Pointer, value: unknown): string[];
  /** What a text stands for by the schema: `7` for `'7'` where an integer is wanted, and `'x'` for `'x'`. */
  readText(schema: Pointer, value: unknown): unknown;
}

/**
 * Makes the judge of a document's values. Schemas compile when they are first used; `contentSchema` is checked, too:
 * a string under one has to be JSON that is valid against it.
 *
 * Strict, because AJV would otherwise skip what it does not know: a misspelt keyword or an unknown format throws.
 */
export function createSchemas(document: Document): Schemas {
  const exact = createCompiler(document, false);
  const coercing = createCompiler(document, true);
  return {
    check: (schema, value) => run(exact(schema), value),
    // AJV coerces properties of an object, not a bare value.
    checkText: (schema, value) => run(coercing(schema), { value }).map((fault) => fault.replace('/value ', '')),
    readText: (schema, value) => {
      const holder = { value };
      coercing(schema)(holder);
      return holder.value;
    },
  };
}

/**
 * Compiles every schema of the document and reports those that cannot be compiled, and why.
 * An empty list means that nothing in the document goes unchecked.
 */
export function findBrokenSchemas(document: Document): { schema: string; reason: string }[] {
  const compile = createCompiler(document, false);
  return listSchemas(document).flatMap((pointer) => {
    try {
      compile(pointer);
      return [];
    } catch (error) {
      return [{ schema: toFragment(pointer), reason: messageOf(error) }];
    }
  });
}

/** Where the schemas of the document are: the named ones, and those of parameters, headers and media types. */
export function listSchemas(document: Document): Pointer[] {
  const found: Pointer[] = Object.keys(document.components?.['schemas'] ?? {}).map((name) => [
    'components',
    'schemas',
    name,
  ]);
  const visit = (value: unknown, pointer: Pointer): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, part] of Object.entries(value)) {
      const at = [...pointer, name];
      if (['schema', 'itemSchema', 'x-item-schema'].includes(name)) found.push(at);
      else if (!['example', 'examples', 'schemas'].includes(name)) visit(part, at);
    }
  };
  visit(document.paths, ['paths']);
  visit(document.components, ['components']);
  return found;
}

/** Whether a value keeps a keyword; `undefined` when the keyword does not apply to a value of its type. */
export type KeywordJudge = (value: unknown) => boolean | undefined;

/** Judges values by one keyword, such as `{maxLength: 3}`, with AJV as everything else. */
export function createKeywordJudge(document: Document): (schema: object) => KeywordJudge {
  const ajv = createAjv(document, false);
  const known = new Map<string, KeywordJudge>();
  const make = (schema: object): KeywordJudge => {
    const validate = ajv.compile(withNamedReferences(schema) as AnySchema);
    const definition = ajv.getKeyword(Object.keys(schema)[0] ?? '');
    const types = typeof definition === 'object' ? [definition.type ?? []].flat() : [];
    return (value) =>
      types.length === 0 || types.some((type) => isOfType(value, type)) ? validate(value) === true : undefined;
  };
  return (schema) => {
    const key = JSON.stringify(schema);
    // Compiled when first used: most keywords of a document are there many times, and few in one check.
    let judge: KeywordJudge | undefined;
    return (value) => {
      if (!judge) known.set(key, (judge = known.get(key) ?? make(schema)));
      return judge(value);
    };
  };
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  if (type === 'null') return value === null;
  return typeof value === (type === 'integer' ? 'number' : type);
}

/** @param asText - whether to coerce strings, and to expect the value as the `value` of an object. */
function createCompiler(document: Document, asText: boolean): (schema: Pointer) => ValidateFunction {
  const ajv = createAjv(document, asText);
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    const key = toFragment(pointer);
    const known = compiled.get(key);
    if (known) return known;
    const schema = withNamedReferences(valueAt(document, pointer));
    const validate = ajv.compile((asText ? { type: 'object', properties: { value: schema } } : schema) as AnySchema);
    compiled.set(key, validate);
    return validate;
  };
}

function createAjv(document: Document, asText: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    // The error tells what was found.
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    allowMatchingProperties: true,
    validateSchema: false,
    coerceTypes: asText ? 'array' : false,
  });
  addFormats.default(ajv);
  // Annotations of OpenAPI, and the extensions that this document uses.
  ajv.addVocabulary(['example', 'discriminator', 'externalDocs', 'xml', ...extensionsIn(document)]);
  addContentSchema(ajv);
  // Each named schema is a schema of its own: AJV would take a whole document for one schema full of unknown keywords.
  for (const [name, schema] of Object.entries(document.components?.['schemas'] ?? {})) {
    ajv.addSchema(withNamedReferences(schema) as AnySchema, nameOf(name));
  }
  return ajv;
}

function run(validate: ValidateFunction, value: unknown): string[] {
  return validate(value) ? [] : (validate.errors ?? []).map(describe);
}

function describe(error: ErrorObject): string {
  const at = error.instancePath || '(the value)';
  const more = Object.entries(error.params)
    .filter(([name]) => ['additionalProperty', 'allowedValues', 'allowedValue'].includes(name))
    .map(([, value]) => JSON.stringify(value));
  const { data } = error;
  const isShort =
    data === null || ['boolean', 'number'].includes(typeof data) || (typeof data === 'string' && data.length < 60);
  return [at, error.message, ...more].join(' ') + (isShort ? `, and is ${JSON.stringify(data)}` : '');
}

/** AJV only annotates by `contentSchema`; here it is an assertion, since the data of an event is nothing but that. */
function addContentSchema(ajv: Ajv2020): void {
  ajv.removeKeyword('contentSchema');
  ajv.addKeyword({
    keyword: 'contentSchema',
    type: 'string',
    schemaType: ['object', 'boolean'],
    errors: true,
    compile(schema: unknown) {
      let content: ValidateFunction | undefined;
      const validate = (text: string): boolean => {
        // Compiled on first use: a schema may contain itself.
        content ??= ajv.compile(schema as AnySchema);
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch (error) {
          report(validate, [{ keyword: 'contentSchema', message: `is not JSON: ${messageOf(error)}`, params: {} }]);
          return false;
        }
        const valid = content(value);
        if (!valid) report(validate, content.errors ?? []);
        return valid;
      };
      return validate;
    },
  });
}

/** AJV reads the errors of a keyword of one's own from the function. */
function report(validate: object, errors: Partial<ErrorObject>[]): void {
  Object.assign(validate, { errors });
}

const named = /^#\/components\/schemas\/([^/]+)(.*)$/;

/** `#/components/schemas/ChatRole` → `schema:ChatRole#`, in every `$ref` of a schema. */
function withNamedReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNamedReferences);
  if (!isRecord(schema)) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, withNamedReferences(part)]));
  if (!isReference(copy)) return copy;
  return { ...copy, $ref: copy.$ref.replace(named, (_, name: string, rest: string) => `${nameOf(name)}#${rest}`) };
}

function nameOf(schema: string): string {
  return `schema:${schema}`;
}

function extensionsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      if (name.startsWith('x-')) found.add(name);
      if (name !== 'examples') extensionsIn(part, found);
    }
  }
  return found;
}

export function assertAllSchemasCompile(document: Document): void {
  const dialect = 'https://json-schema.org/draft/2020-12/schema';
  if (document.jsonSchemaDialect !== dialect) {
    throw new ContractError(
      'bad-document',
      `The document's jsonSchemaDialect is ${JSON.stringify(document.jsonSchemaDialect)}. ` +
        `Prism checks nothing unless it is exactly ${dialect}.`,
    );
  }
  const broken = findBrokenSchemas(document);
  if (broken.length === 0) return;
  const list = broken.map(({ schema, reason }) => `\n  ${schema}: ${reason}`).join('');
  throw new ContractError('bad-document', `${broken.length} schema(s) of the document would go unchecked:${list}`);
}
