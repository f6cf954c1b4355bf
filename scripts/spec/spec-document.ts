import { asObject, escapeToken, isObject, pointerTokens, type JsonObject } from './json.ts';

/** A value with the JSON pointer of its place in the document. */
export interface Located {
  readonly value: unknown;
  readonly pointer: string;
}

/** A bundled OpenAPI document: every reference points into the document itself. */
export class SpecDocument {
  readonly root: JsonObject;
  /** `3.0`, `3.1` or `3.2`. */
  readonly version: string;
  readonly #anchors = new Map<string, string>();

  constructor(root: JsonObject) {
    this.root = root;
    this.version = String(root['openapi']).slice(0, 3);
    this.#collectAnchors(root, '');
  }

  at(pointer: string): Located {
    let value: unknown = this.root;
    for (const token of pointerTokens(pointer)) {
      value = typeof value === 'object' && value !== null ? (value as JsonObject)[token] : undefined;
    }
    return { value, pointer };
  }

  /**
   * What a `$ref` points to. Follows `#/pointer`, `#anchor`, and addresses made of a schema's `$id` or the document's
   * `$self`.
   *
   * @throws {Error} when there is nothing at that place.
   */
  resolve(reference: string): Located {
    const pointer = this.#pointerOf(reference);
    const target = pointer === undefined ? undefined : this.at(pointer);
    if (target?.value === undefined) throw new Error(`the reference ${reference} points to nothing`);
    return target;
  }

  /** Follows the references of a parameter, response, header and the like; a `description` beside `$ref` stays. */
  deref(located: Located, seen = new Set<string>()): Located {
    const reference = asObject(located.value)['$ref'];
    if (typeof reference !== 'string' || seen.has(reference)) return located;
    const target = this.deref(this.resolve(reference), new Set([...seen, reference]));
    const { $ref: _, ...siblings } = asObject(located.value);
    return { pointer: target.pointer, value: { ...asObject(target.value), ...siblings } };
  }

  #pointerOf(reference: string): string | undefined {
    const self = this.root['$self'];
    const local =
      typeof self === 'string' && reference.startsWith(`${self}#`) ? reference.slice(self.length) : reference;
    const [address = '', fragment = ''] = local.split('#', 2);
    const decoded = decodeURIComponent(fragment);
    const base = address === '' ? '' : this.#anchors.get(address);
    if (base === undefined) return undefined;
    return decoded === '' || decoded.startsWith('/') ? base + decoded : this.#anchors.get(`#${decoded}`);
  }

  #collectAnchors(value: unknown, pointer: string): void {
    if (Array.isArray(value)) value.forEach((item, index) => this.#collectAnchors(item, `${pointer}/${index}`));
    if (!isObject(value)) return;
    if (typeof value['$id'] === 'string') this.#anchors.set(value['$id'].replace(/#$/, ''), pointer);
    for (const key of ['$anchor', '$dynamicAnchor']) {
      if (typeof value[key] === 'string') this.#anchors.set(`#${value[key]}`, pointer);
    }
    for (const [key, child] of Object.entries(value)) this.#collectAnchors(child, `${pointer}/${escapeToken(key)}`);
  }
}

/** A part of a located value. */
export function child(parent: Located, ...tokens: (string | number)[]): Located {
  let { value, pointer } = parent;
  for (const token of tokens) {
    value = typeof value === 'object' && value !== null ? (value as JsonObject)[token] : undefined;
    pointer += `/${escapeToken(token)}`;
  }
  return { value, pointer };
}

/** The parts of a located object, by key. */
export function childEntries(parent: Located): [string, Located][] {
  return Object.keys(asObject(parent.value)).map((key) => [key, child(parent, key)]);
}
