/**
 * Brings a schema into one form, whatever way it is written: a list of alternatives, each of one type.
 *
 * `[string, null]`, `anyOf` with null and `nullable` give the same alternatives; so do `$ref` and `allOf: [$ref]`,
 * `const` and `enum` of one, an `allOf` and its merged properties, nested and flat `anyOf`.
 */
import { asArray, asObject, isObject, stableStringify } from '../json.ts';
import { child, childEntries, type Located, type SpecDocument } from '../spec-document.ts';

/** Schemas that must all hold, the outermost first. An empty list accepts anything. */
export type Conjunction = readonly Located[];

export const typeNames = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
export type TypeName = (typeof typeNames)[number];

/** Values of one type, with the schemas that say which. */
export interface Alternative {
  readonly type: TypeName;
  /** Numbers only: no fractions. */
  readonly integer: boolean;
  /** All that constrains the values. */
  readonly nodes: Conjunction;
  /** Those of the nodes that only this branch of a union has. */
  readonly own: Conjunction;
  /** The finite list of values, by their JSON text. */
  readonly values?: ReadonlyMap<string, unknown> | undefined;
  /** Values that an open enum names, by their JSON text. */
  readonly known: ReadonlyMap<string, unknown>;
}

export interface Shape {
  readonly alternatives: readonly Alternative[];
  /** What stands outside all unions; its annotations are those of the schema. */
  readonly outer: Conjunction;
  /** Whether nothing is said of the value at all. */
  readonly anything: boolean;
  /** Whether a `oneOf` forbids values that fit two of its branches. */
  readonly exclusive: boolean;
}

interface Flat {
  nodes: Located[];
  unions: { exclusive: boolean; branches: Located[] }[];
  nullable: boolean;
}

interface Branch {
  nodes: Located[];
  own: Located[];
  nullable: boolean;
}

/** More alternatives than this are not multiplied out; the union is then compared as text. */
const maxAlternatives = 200;

const objectKeywords = [
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'unevaluatedProperties',
  'dependentRequired',
  'dependentSchemas',
];

/** Expands the schemas of one document, each once. */
export class Shapes {
  readonly document: SpecDocument;
  readonly #shapes = new Map<string, Shape>();

  constructor(document: SpecDocument) {
    this.document = document;
  }

  of(schema: Conjunction): Shape {
    const key = keyOf(schema);
    const known = this.#shapes.get(key);
    if (known) return known;
    const shape = this.#expand(schema);
    this.#shapes.set(key, shape);
    return shape;
  }

  #expand(schema: Conjunction): Shape {
    const flat = this.#flattenAll(schema, new Set());
    const branches = this.#branches(flat, new Set());
    const alternatives = branches.flatMap((branch) => this.#alternatives(branch));
    if ((flat.nullable || branches.some((branch) => branch.nullable)) && !alternatives.some(isNull)) {
      alternatives.push({ type: 'null', integer: false, nodes: [], own: [], known: new Map() });
    }
    const described = branches.filter((branch) =>
      this.#alternatives(branch).some((alternative) => !isNull(alternative)),
    );
    return {
      alternatives: mergeAlternatives(alternatives),
      // With null as the only other variant, the words of the one that is left are the words of the whole.
      outer: described.length === 1 && described[0] ? described[0].nodes : flat.nodes,
      anything: flat.unions.length === 0 && flat.nodes.every((node) => constraintsOf(node).length === 0),
      exclusive: flat.unions.some((union) => union.exclusive),
    };
  }

  #flattenAll(schema: Conjunction, seen: Set<string>): Flat {
    const all: Flat = { nodes: [], unions: [], nullable: false };
    for (const part of schema) {
      const flat = this.#flatten(part, seen);
      all.nodes.push(...flat.nodes);
      all.unions.push(...flat.unions);
      all.nullable ||= flat.nullable;
    }
    return all;
  }

  #flatten(node: Located, seen: Set<string>): Flat {
    if (seen.has(node.pointer)) return { nodes: [], unions: [], nullable: false };
    seen.add(node.pointer);
    const schema = asObject(node.value);
    const flat: Flat = { nodes: [node], unions: [], nullable: false };
    const parts: Located[] = [];
    const { $ref, $dynamicRef } = schema;
    if (typeof $dynamicRef === 'string') parts.push(this.document.resolve($dynamicRef));
    if (typeof $ref === 'string') {
      // In OpenAPI 3.0 nothing beside a $ref counts.
      if (this.document.version === '3.0') flat.nodes.pop();
      parts.push(this.document.resolve($ref, node.pointer));
    }
    parts.push(...children(node, 'allOf'));
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = children(node, keyword);
      if (branches.length === 1) parts.push(...branches);
      if (branches.length > 1) flat.unions.push({ exclusive: keyword === 'oneOf', branches });
    }
    const inner = this.#flattenAll(parts, seen);
    flat.nodes.push(...inner.nodes);
    flat.unions.push(...inner.unions);
    // `nullable` beside `allOf` is void by the letter of 3.0.3, yet everybody who writes it means it.
    flat.nullable = schema['nullable'] === true || (inner.nullable && schema['type'] === undefined);
    return flat;
  }

  /** @param above - the branches that this one stands in: a union that comes back to itself adds nothing. */
  #branches(flat: Flat, above: ReadonlySet<string>): Branch[] {
    let branches: Branch[] = [{ nodes: flat.nodes, own: [], nullable: false }];
    for (const union of flat.unions) {
      const options = union.branches.flatMap((branch) => {
        const inner = this.#flatten(branch, new Set());
        const names = inner.nodes.map(({ pointer }) => pointer);
        if (inner.unions.length > 0 && names.some((name) => above.has(name))) return [];
        return this.#branches(inner, new Set([...above, ...names])).map((option) => ({
          ...option,
          nullable: option.nullable || inner.nullable,
        }));
      });
      if (branches.length * options.length > maxAlternatives) continue;
      branches = branches.flatMap((left) =>
        options.map((right) => ({
          nodes: [...left.nodes, ...right.nodes],
          own: [...left.own, ...right.nodes],
          nullable: left.nullable || right.nullable,
        })),
      );
    }
    return branches;
  }

  #alternatives({ nodes, own }: Branch): Alternative[] {
    if (nodes.some(({ value }) => isNothing(value))) return [];
    const restriction = finiteValues(nodes);
    const isWhole = valuesOf(nodes, 'multipleOf').some(({ value }) => Number.isInteger(value));
    const types = typesOf(nodes, restriction);
    return [...types].flatMap(([type, typedInteger]): Alternative[] => {
      const integer = typedInteger || (type === 'number' && isWhole);
      const allowed = restriction && [...restriction].filter(([, value]) => fits(value, type, integer, nodes));
      if (allowed?.length === 0) return [];
      const values = allowed && type !== 'null' ? new Map(allowed) : undefined;
      return [{ type, integer, nodes, own, values, known: new Map() }];
    });
  }
}

/** Names of the component schemas that an alternative came through, its own branch first. */
export function namesOf({ nodes, own }: Alternative): string[] {
  return [...own, ...nodes].flatMap(({ pointer }) => /^\/components\/schemas\/([^/]+)$/.exec(pointer)?.[1] ?? []);
}

/** Whether nothing narrows the values of the alternative's type. */
export function isUnconstrained(alternative: Alternative): boolean {
  return (
    alternative.values === undefined &&
    alternative.nodes.every((node) => constraintsOf(node).every((keyword) => keyword === 'type'))
  );
}

export function keyOf(schema: Conjunction): string {
  return schema.map((node) => node.pointer).join(' & ');
}

/** The schemas under a keyword that holds a list. */
function children(node: Located, keyword: string): Located[] {
  return asArray(asObject(node.value)[keyword]).map((_, index) => child(node, keyword, index));
}

/** The value of the annotation, where it is said first, with its place. */
export function annotation(nodes: Conjunction, keyword: string): Located | undefined {
  const node = nodes.find((candidate) => asObject(candidate.value)[keyword] !== undefined);
  return node && child(node, keyword);
}

/** Every value of the keyword among the nodes. */
export function valuesOf(nodes: Conjunction, keyword: string): Located[] {
  return nodes.filter((node) => asObject(node.value)[keyword] !== undefined).map((node) => child(node, keyword));
}

const annotationKeywords = new Set([
  '$id',
  '$schema',
  '$anchor',
  '$dynamicAnchor',
  '$comment',
  '$defs',
  '$vocabulary',
  'definitions',
  'title',
  'description',
  'default',
  'deprecated',
  'example',
  'examples',
  'externalDocs',
  'xml',
  'nullable',
  '$ref',
  '$dynamicRef',
  'allOf',
  'anyOf',
  'oneOf',
  'readOnly',
  'writeOnly',
  'discriminator',
]);

/** Whether the schema itself says anything of the values; one that only refers to others does not. */
export function constrains(node: Located): boolean {
  return constraintsOf(node).length > 0;
}

function constraintsOf(node: Located): string[] {
  if (!isObject(node.value)) return node.value === false ? ['false'] : [];
  return Object.keys(node.value).filter((keyword) => !annotationKeywords.has(keyword) && !keyword.startsWith('x-'));
}

/** `false`, or `not` over all there is. */
export function isNothing(schema: unknown): boolean {
  const excluded = asObject(schema)['not'];
  return schema === false || excluded === true || (isObject(excluded) && Object.keys(excluded).length === 0);
}

/** What `enum` and `const` of all nodes leave; undefined when none of them says anything. */
function finiteValues(nodes: Conjunction): Map<string, unknown> | undefined {
  let values: Map<string, unknown> | undefined;
  for (const { value } of nodes) {
    const schema = asObject(value);
    for (const list of [schema['enum'], 'const' in schema ? [schema['const']] : undefined]) {
      if (!Array.isArray(list)) continue;
      const named = new Map(list.map((item) => [stableStringify(item), item]));
      values = values ? new Map([...values].filter(([key]) => named.has(key))) : named;
    }
  }
  return values;
}

/** The types that all nodes allow, with whether fractions are excluded. */
function typesOf(nodes: Conjunction, values: ReadonlyMap<string, unknown> | undefined): Map<TypeName, boolean> {
  let types = new Map<TypeName, boolean>(typeNames.map((type) => [type, false]));
  let typed = false;
  for (const { value } of nodes) {
    const schema = asObject(value);
    if (schema['type'] === undefined) continue;
    typed = true;
    const named = [schema['type']].flat().map(String);
    types = new Map(
      [...types].flatMap(([type, integer]): [TypeName, boolean][] => {
        if (named.includes(type)) return [[type, integer]];
        return type === 'number' && named.includes('integer') ? [[type, true]] : [];
      }),
    );
  }
  if (typed || values) {
    const present = values && new Set([...values.values()].map(typeOf));
    return new Map([...types].filter(([type]) => !present || present.has(type)));
  }
  // An untyped schema with properties is an object for everybody who writes or generates code from it.
  const keywords = new Set(nodes.flatMap(constraintsOf));
  return objectKeywords.some((keyword) => keywords.has(keyword)) ? new Map([['object', false]]) : types;
}

function typeOf(value: unknown): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as TypeName;
}

/** Whether a listed value is of the type and within its simple bounds. */
function fits(value: unknown, type: TypeName, integer: boolean, nodes: Conjunction): boolean {
  if (typeOf(value) !== type || (integer && !Number.isInteger(value))) return false;
  return nodes.every((node) => {
    const { minimum, maximum, minLength, maxLength } = asObject(node.value);
    if (typeof value === 'number') return !(value < Number(minimum ?? value) || value > Number(maximum ?? value));
    if (typeof value !== 'string') return true;
    return !(value.length < Number(minLength ?? 0) || value.length > Number(maxLength ?? Infinity));
  });
}

function isNull(alternative: Alternative): boolean {
  return alternative.type === 'null';
}

/** Joins alternatives that say the same in pieces: several lists of values, or a list beside its whole type. */
function mergeAlternatives(all: Alternative[]): Alternative[] {
  return typeNames.flatMap((type): Alternative[] => {
    const ofType = all.filter((alternative) => alternative.type === type);
    if (type === 'null') return ofType.slice(0, 1);
    const finite = ofType.filter((alternative) => alternative.values);
    const infinite = ofType.filter((alternative) => !alternative.values);
    const named = new Map(finite.flatMap(({ values = new Map() }) => [...values]));
    const open = infinite.filter(isUnconstrained).toSorted((a, b) => Number(a.integer) - Number(b.integer))[0];
    // An object that may hold anything stays beside the described ones: the types name them too.
    if (open && type !== 'object' && type !== 'array') {
      // The whole type takes in everything else; the listed values remain known.
      const known = new Map([...named, ...extensibleValues(open)]);
      return [{ ...open, known }];
    }
    const [first] = finite;
    if (!first) return infinite;
    if (type === 'boolean' && named.size === 2) return [{ ...first, values: undefined, nodes: [], own: [] }];
    return [...infinite, { ...first, own: finite.flatMap(({ own }) => own), values: named }];
  });
}

/** `x-extensible-enum` names the known values of an open enum. */
function extensibleValues({ nodes }: Alternative): [string, unknown][] {
  return valuesOf(nodes, 'x-extensible-enum').flatMap(({ value }) =>
    asArray(value).map((item): [string, unknown] => [stableStringify(item), item]),
  );
}

/** The properties of an object, and what holds for those that it does not name. */
export interface ObjectShape {
  readonly properties: ReadonlyMap<string, Conjunction>;
  readonly required: ReadonlySet<string>;
  readonly patterns: ReadonlyMap<string, Conjunction>;
  /** `closed` refuses other properties; a schema describes them; `open` says nothing. */
  readonly others: Conjunction | 'closed' | 'open';
  /** Whether it says that any other property may be there, so that the types let code read them. */
  readonly isMap: boolean;
}

/** Merges what all nodes say of an object. */
export function objectShape(nodes: Conjunction): ObjectShape {
  const names = new Set(nodes.flatMap((node) => Object.keys(asObject(asObject(node.value)['properties']))));
  const properties = new Map<string, Conjunction>();
  for (const name of names) {
    const schema = nodes.flatMap((node) => propertySchemas(node, name));
    if (!schema.some(({ value }) => isNothing(value))) properties.set(name, schema);
  }
  const patterns = new Map<string, Conjunction>();
  for (const [pattern, schema] of nodes.flatMap((node) => childEntries(child(node, 'patternProperties')))) {
    patterns.set(pattern, [...(patterns.get(pattern) ?? []), schema]);
  }
  const others = nodes.flatMap((node) => [
    ...valuesOf([node], 'additionalProperties'),
    ...valuesOf([node], 'unevaluatedProperties'),
  ]);
  const described = others.filter(({ value }) => isObject(value) && Object.keys(value).length > 0);
  const closed = others.some(({ value }) => isNothing(value));
  return {
    properties,
    required: new Set(nodes.flatMap((node) => asArray(asObject(node.value)['required']).map(String))),
    patterns,
    others: closed ? 'closed' : described.length > 0 ? described : 'open',
    isMap: !closed && others.length > 0,
  };
}

/** What one node says of one property: by its name, by a pattern, or as one of the others. */
function propertySchemas(node: Located, name: string): Located[] {
  const schema = asObject(node.value);
  const named = isObject(schema['properties']) && Object.hasOwn(schema['properties'], name);
  const matching = childEntries(child(node, 'patternProperties')).filter(([pattern]) => matches(pattern, name));
  const found = [...(named ? [child(node, 'properties', name)] : []), ...matching.map(([, located]) => located)];
  if (found.length > 0) return found;
  return schema['additionalProperties'] === undefined ? [] : [child(node, 'additionalProperties')];
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false; // a pattern that no engine reads matches nothing
  }
}
