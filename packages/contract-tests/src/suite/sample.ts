import { isRecord, type Document } from '../document/document.ts';
import { listOperations } from '../document/operations.ts';
import { fromFragment, isReference, toFragment, valueAt, type Pointer } from '../document/pointer.ts';
import type { Schemas } from '../document/schemas.ts';

/** Makes a small valid value for any schema of the document: required properties only, first enum value, and so on. */
export type Sampler = (schema: Pointer) => unknown;

/**
 * Makes the sampler of a document. Strings that have to look like something, such as a timestamp, are taken from the
 * document's own examples.
 */
export function createSampler(document: Document, schemas: Schemas): Sampler {
  const texts = ['text', ...collectTexts(document)];

  const sample = (schema: Pointer): unknown => {
    const layers = layersOf(document, schema);
    for (const layer of layers) {
      const keywords = keywordsAt(document, layer);
      if ('const' in keywords) return keywords['const'];
      if (Array.isArray(keywords['enum'])) return keywords['enum'][0];
    }
    const branches = layers.flatMap((layer) => branchesOf(document, layer));
    for (const branch of branches) {
      const value = withRequired(layers, branch, sample(branch));
      if (schemas.check(schema, value).length === 0) return value;
    }
    return sampleType(layers, schema);
  };

  /** A branch may leave it to the schema around it to say what is required. */
  function withRequired(layers: Pointer[], branch: Pointer, value: unknown): unknown {
    if (!isRecord(value)) return value;
    const declared = new Map(layersOf(document, branch).flatMap((layer) => propertiesOf(document, layer)));
    const required = layers
      .flatMap((layer) => requiredOf(document, layer))
      .map(([name, property]) => [name, sample(declared.get(name) ?? property)]);
    return { ...Object.fromEntries(required), ...value };
  }

  function sampleType(layers: Pointer[], schema: Pointer): unknown {
    const types = layers.flatMap((layer) => keywordsAt(document, layer)['type'] ?? []);
    switch (types[0]) {
      case 'object': {
        return Object.fromEntries(
          layers.flatMap((layer) => requiredOf(document, layer)).map(([name, property]) => [name, sample(property)]),
        );
      }
      case 'array': {
        const items = layers.find((layer) => 'items' in keywordsAt(document, layer));
        return items ? [sample([...items, 'items'])] : [];
      }
      case 'string': {
        const content = layers.find((layer) => 'contentSchema' in keywordsAt(document, layer));
        if (content) return JSON.stringify(sample([...content, 'contentSchema']));
        return texts.find((text) => schemas.check(schema, text).length === 0) ?? 'text';
      }
      case 'integer':
      case 'number':
        return [1, 0, 10, 100].find((value) => schemas.check(schema, value).length === 0) ?? 1;
      case 'boolean':
        return true;
      case 'null':
        return null;
      default:
        return 'text';
    }
  }

  return sample;
}

/**
 * The places whose keywords all apply to a value: the schema, what its `$ref` leads to, and the parts of its `allOf`.
 */
export function layersOf(document: Document, schema: Pointer): Pointer[] {
  const value = keywordsAt(document, schema);
  const parts = Array.isArray(value['allOf'])
    ? value['allOf'].flatMap((_, index) => layersOf(document, [...schema, 'allOf', String(index)]))
    : [];
  const target = isReference(value) ? layersOf(document, fromFragment(value.$ref)) : [];
  return [schema, ...parts, ...target];
}

/** The schemas of `anyOf` and `oneOf`. */
export function branchesOf(document: Document, layer: Pointer): Pointer[] {
  return ['anyOf', 'oneOf'].flatMap((keyword) => {
    const list = keywordsAt(document, layer)[keyword];
    return Array.isArray(list) ? list.map((_, index) => layer.concat(keyword, String(index))) : [];
  });
}

/** The properties that a layer declares, by name. */
export function propertiesOf(document: Document, layer: Pointer): [string, Pointer][] {
  const { properties } = keywordsAt(document, layer);
  return isRecord(properties) ? Object.keys(properties).map((name) => [name, [...layer, 'properties', name]]) : [];
}

export function keywordsAt(document: Document, schema: Pointer): Record<string, unknown> {
  const value = valueAt(document, schema);
  return isRecord(value) ? value : {};
}

/** The named schemas that a schema leads to by `$ref`, for telling whether it leads back to itself. */
export function namesOf(document: Document, schema: Pointer): string[] {
  return layersOf(document, schema)
    .filter((layer) => layer.length === 3 && layer[1] === 'schemas')
    .map(toFragment);
}

function requiredOf(document: Document, layer: Pointer): [string, Pointer][] {
  const { required } = keywordsAt(document, layer);
  return Array.isArray(required) ? propertiesOf(document, layer).filter(([name]) => required.includes(name)) : [];
}

function collectTexts(document: Document): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string' && value.length < 100) found.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  for (const operation of listOperations(document)) {
    visit(operation.parameters.map(({ example }) => example));
    visit(operation.body?.content.flatMap(({ examples }) => examples.map(({ value }) => value)));
  }
  return found;
}
