import { isRecord, type Document } from '../../src/document/document.ts';
import { valueAt, type Pointer } from '../../src/document/pointer.ts';
import { listSchemas } from '../../src/document/schemas.ts';

// Where things are in a document.

const methods = ['get', 'post', 'patch', 'delete'];

/** Every schema object, also those inside others. */
export function schemaPlaces(document: Document): Pointer[] {
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

/** Schemas of one direction, by the words in their names. */
export const requestSchemas = (document: Document): Pointer[] =>
  schemaPlaces(document).filter((place) => place.some((name) => /Request|requestBody|parameters/.test(name)));
export const responseSchemas = (document: Document): Pointer[] =>
  schemaPlaces(document).filter((place) => place.some((name) => /Response|responses|Event/.test(name)));

export function namedSchemas(document: Document): Pointer[] {
  return Object.keys(document.components?.['schemas'] ?? {}).map((name) => ['components', 'schemas', name]);
}

export function pathPlaces(document: Document): Pointer[] {
  return Object.keys(document.paths).map((path) => ['paths', path]);
}

export function operationPlaces(document: Document): Pointer[] {
  return pathPlaces(document)
    .flatMap((place) => methods.map((method) => [...place, method]))
    .filter((place) => exists(document, place));
}

/** The places in what stands under some names in other places. */
export function under(list: (document: Document) => Pointer[], ...names: string[]): (document: Document) => Pointer[] {
  return (document) =>
    list(document)
      .map((place) => [...place, ...names])
      .filter((place) => exists(document, place))
      .flatMap((place) => Object.keys(valueAt(document, place) as object).map((name) => [...place, name]));
}

const component = (kind: string) => under(() => [['components']], kind);

export const parameterPlaces = under(operationPlaces, 'parameters');
export const responsePlaces = under(operationPlaces, 'responses');
export const bodyContents = under(operationPlaces, 'requestBody', 'content');
/** Of each answer that an operation does not share with others. */
export const ownContents = (document: Document): Pointer[] =>
  under(
    responsePlaces,
    'content',
  )(document).filter(
    (place) => !isRecord(valueAt(document, place.slice(0, -2))) || !('$ref' in rowOf(document, place.slice(0, -2))),
  );
export const sharedResponses = component('responses');
export const sharedContents = under(sharedResponses, 'content');
export const sharedHeaders = component('headers');
export const securitySchemes = component('securitySchemes');
export const streamContents = (document: Document): Pointer[] =>
  ownContents(document).filter((place) => place.at(-1) === 'text/event-stream');
export const requestExamples = under(bodyContents, 'examples');
export const responseExamples = (document: Document): Pointer[] =>
  under(ownContents, 'examples')(document).filter((place) => !place.includes('text/event-stream'));
export const errorExamples = under(sharedContents, 'examples');
export const streamExamples = under(streamContents, 'examples');

function rowOf(document: Document, place: Pointer): object {
  return valueAt(document, place) as object;
}

function exists(document: Document, place: Pointer): boolean {
  try {
    return valueAt(document, place) !== undefined;
  } catch {
    return false;
  }
}
