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
  /** Pointer of each schema resource, by its `$id`. */
  readonly #resources = new Map<string, string>();
  /** Pointers of anchors, by the pointer of the resource they stand in and their name: `/components/schemas/A#name`. */
  readonly #anchors = new Map<string, string>();
  /** The last anchor of each name, wherever it stands: what `$dynamicRef` leads to. */
  readonly #names = new Map<string, string>();

  constructor(root: JsonObject) {
    this.root = root;
    this.version = String(root['openapi']).slice(0, 3);
    this.#collectAnchors(root, '', '');
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
   * @param from - where the reference stands: within a schema with an `$id`, `#` means that schema. Left out for
   *   `$dynamicRef`, which finds its anchor anywhere.
   * @throws {Error} when there is nothing at that place.
   */
  resolve(reference: string, from?: string): Located {
    const pointers = this.#pointersOf(reference, from);
    const target = pointers.map((pointer) => this.at(pointer)).find(({ value }) => value !== undefined);
    if (target === undefined) throw new Error(`the reference ${reference} points to nothing`);
    return target;
  }

  /** Follows the references of a parameter, response, header and the like; a `description` beside `$ref` stays. */
  deref(located: Located, seen = new Set<string>()): Located {
    const reference = asObject(located.value)['$ref'];
    if (typeof reference !== 'string' || seen.has(reference)) return located;
    const target = this.deref(this.resolve(reference, located.pointer), new Set([...seen, reference]));
    const { $ref: _, ...siblings } = asObject(located.value);
    return { pointer: target.pointer, value: { ...asObject(target.value), ...siblings } };
  }

  /** Where a reference may lead, the likeliest first. */
  #pointersOf(reference: string, from: string | undefined): string[] {
    const self = this.root['$self'];
    const local =
      typeof self === 'string' && reference.startsWith(`${self}#`) ? reference.slice(self.length) : reference;
    const [address = '', fragment = ''] = local.split('#', 2);
    const decoded = decodeURIComponent(fragment);
    const resource = address === '' ? this.#resourceAround(from ?? '') : this.#resources.get(address);
    if (resource === undefined) return [];
    // Many tools take `#/components/…` from the root of the document even within a schema with an `$id`.
    if (decoded === '' || decoded.startsWith('/')) return [resource + decoded, ...(address === '' ? [decoded] : [])];
    const [near, any] = [this.#anchors.get(`${resource}#${decoded}`), this.#names.get(decoded)];
    return (from === undefined ? [any] : [near, any]).filter((pointer) => pointer !== undefined);
  }

  /** The innermost schema with an `$id` around a place; the document where there is none. */
  #resourceAround(pointer: string): string {
    const around = [...this.#resources.values()].filter((resource) => `${pointer}/`.startsWith(`${resource}/`));
    return around.toSorted((a, b) => b.length - a.length)[0] ?? '';
  }

  #collectAnchors(value: unknown, pointer: string, around: string): void {
    if (Array.isArray(value)) value.forEach((item, index) => this.#collectAnchors(item, `${pointer}/${index}`, around));
    if (!isObject(value)) return;
    let resource = around;
    if (typeof value['$id'] === 'string') {
      resource = pointer;
      this.#resources.set(value['$id'].replace(/#$/, ''), pointer);
    }
    for (const key of ['$anchor', '$dynamicAnchor']) {
      if (typeof value[key] !== 'string') continue;
      this.#anchors.set(`${resource}#${value[key]}`, pointer);
      this.#names.set(value[key], pointer);
    }
    for (const [key, child] of Object.entries(value))
      this.#collectAnchors(child, `${pointer}/${escapeToken(key)}`, resource);
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
