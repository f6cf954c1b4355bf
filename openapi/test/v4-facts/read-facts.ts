import {
  isObject,
  operations,
  resolve,
  type Document,
  type MediaType,
  type Operation,
  type Parameter,
  type Schema,
} from '../../src/document.ts';
import { describeType } from './describe-type.ts';

/** What a document says about one thing, such as a parameter or a property, as short sentences. */
export interface Facts {
  /** Name of the thing that this one is part of. */
  parent?: string;
  sentences: string[];
}

/**
 * Reads what an OpenAPI document (3.0 to 3.2) says about the wire, without prose, notation and order: two documents that
 * describe the same wire have the same facts. The keys are names such as `operation GET /logs` or `property Log.id`.
 */
export function readFacts(document: Document): Map<string, Facts> {
  const facts = new Map<string, Facts>();
  addRoot(facts, document);
  for (const { path, method, operation } of operations(document)) {
    addOperation(facts, document, `${method.toUpperCase()} ${path}`, operation);
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) addSchema(facts, name, schema);
  return facts;
}

function addRoot(facts: Map<string, Facts>, { info, servers, tags, components }: Document): void {
  const schemes = Object.entries(components.securitySchemes ?? {});
  facts.set('document', {
    sentences: [
      `title ${info.title}`,
      `version ${info.version}`,
      ...servers.map(({ url }) => `server ${url}`),
      ...tags.map(({ name }) => `tag ${name}`),
      ...schemes.map(([name, scheme]) => `security ${name}: ${scheme.type} ${scheme.in} ${scheme.name}`),
    ],
  });
}

function addOperation(facts: Map<string, Facts>, document: Document, name: string, operation: Operation): void {
  const security = operation.security ?? document.security ?? [];
  facts.set(`operation ${name}`, {
    sentences: [
      `id ${operation.operationId}`,
      ...operation.tags.map((tag) => `tag ${tag}`),
      ...security.map((requirement) => `security ${Object.keys(requirement).join('+')}`),
      ...(operation.deprecated ? ['deprecated'] : []),
    ],
  });
  for (const parameter of operation.parameters ?? []) addParameter(facts, name, resolve(document, parameter));
  if (operation.requestBody) {
    const { required = false, content } = resolve(document, operation.requestBody);
    facts.set(`body ${name}`, {
      parent: `operation ${name}`,
      sentences: [`required ${required}`, ...contentSentences(content)],
    });
  }
  for (const [status, reference] of Object.entries(operation.responses)) {
    const { content = {}, headers = {} } = resolve(document, reference);
    facts.set(`response ${name} ${status}`, {
      parent: `operation ${name}`,
      sentences: [...contentSentences(content), ...Object.keys(headers).map((header) => `header ${header}`)],
    });
  }
}

function addParameter(facts: Map<string, Facts>, operation: string, parameter: Parameter): void {
  const { name, in: place, required = false, schema = {}, deprecated } = parameter;
  const { style = place === 'query' ? 'form' : 'simple', explode = style === 'form' } = parameter;
  const isList = schema.type === 'array';
  facts.set(`parameter ${operation} ${place} ${name}`, {
    parent: `operation ${operation}`,
    sentences: [
      ...schemaSentences(schema),
      ...(required ? ['required'] : []),
      ...(deprecated ? ['deprecated'] : []),
      ...(isList ? [`style ${String(style)}`, `explode ${String(explode)}`] : []),
    ],
  });
}

function* contentSentences(content: Record<string, MediaType>): Generator<string> {
  for (const [name, { schema, itemSchema }] of Object.entries(content)) {
    yield name;
    for (const type of schema ? describeType(schema) : []) yield `${name} ${type}`;
    for (const type of itemSchema ? describeType(itemSchema) : []) yield `${name} items ${type}`;
  }
}

function addSchema(facts: Map<string, Facts>, name: string, schema: Schema): void {
  facts.set(`schema ${name}`, { sentences: schemaSentences(schema) });
  addProperties(facts, `schema ${name}`, name, schema);
}

/** Also those of objects that stand within the schema. */
function addProperties(facts: Map<string, Facts>, parent: string, path: string, schema: Schema): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const key = `property ${path}.${name}`;
    const required = schema.required?.includes(name) ? ['required'] : [];
    facts.set(key, { parent, sentences: [...schemaSentences(property), ...required] });
    addProperties(facts, key, `${path}.${name}`, property);
  }
}

function schemaSentences(schema: Schema): string[] {
  const discriminator = isObject(schema.discriminator) ? schema.discriminator : {};
  const mapping = isObject(discriminator.mapping) ? Object.entries(discriminator.mapping) : [];
  return [
    ...describeType(schema).map((type) => `type ${type}`),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
    ...(schema.deprecated ? ['deprecated'] : []),
    ...(schema.additionalProperties === false ? ['closed'] : []),
    ...(schema.oneOf ? ['exactly one'] : []),
    ...mapping.map(([value, target]) => `${String(discriminator.propertyName)} "${value}" means ${String(target)}`),
  ];
}
