import { isRecord, type Document } from '../../src/document/document.ts';
import { valueAt, type Pointer } from '../../src/document/pointer.ts';

export type Row = Record<string, unknown>;

/** One way to change a document (the bundle, OpenAPI 3.2) in one place. */
export interface DocumentMutation {
  name: string;
  /** Where it can be applied. */
  places: (document: Document) => Pointer[];
  /** Changes a copy of the document in one of those places. */
  apply: (copy: Document, place: Pointer) => void;
}

type ListPlaces = (document: Document) => Pointer[];

/** A change of the value under one key. */
export function onEntry(
  name: string,
  list: ListPlaces,
  change: (holder: Row, key: string, document: Document) => void,
  fits: (value: unknown, holder: Row, document: Document) => boolean = () => true,
): DocumentMutation {
  return {
    name,
    places: (document) =>
      list(document).filter((place) => fits(valueAt(document, place), rowAt(document, place.slice(0, -1)), document)),
    apply: (copy, place) => change(rowAt(copy, place.slice(0, -1)), String(place.at(-1)), copy),
  };
}

/** A change of one object of the document. */
export function onRow(
  name: string,
  list: ListPlaces,
  change: (row: Row, document: Document) => void,
  fits: (row: Row, document: Document) => boolean = () => true,
): DocumentMutation {
  return {
    name,
    places: (document) => list(document).filter((place) => fits(rowAt(document, place), document)),
    apply: (copy, place) => change(rowAt(copy, place), copy),
  };
}

/** A change of the document as a whole, in one place only. */
export function onWhole(name: string, change: (document: Row) => void): DocumentMutation {
  return { name, places: () => [[]], apply: (copy) => change(copy as unknown as Row) };
}

export function rowAt(document: Document, place: Pointer): Row {
  return valueAt(document, place) as Row;
}

export function rename(holder: Row, key: string, name: string): void {
  // In its place: an order that changes as well would be a second change.
  const entries = Object.entries(holder).map(([one, value]) => [one === key ? name : one, value] as const);
  for (const one of Object.keys(holder)) delete holder[one];
  Object.assign(holder, Object.fromEntries(entries));
}

/** Exchanges the values of two keys. */
export function swap(holder: Row, first: string, second: string): void {
  [holder[first], holder[second]] = [holder[second], holder[first]];
}

export function isText(value: unknown, key: string): value is Row {
  return isRecord(value) && typeof value[key] === 'string';
}
