import { asArray, asObject, isEqual, isObject, pointerTokens, stableStringify } from '../json.ts';
import { child, childEntries, type Located } from '../spec-document.ts';
import { compareAnnotations } from './annotations.ts';
import { compareConstraints } from './constraints.ts';
import { compareDiscriminators, subtypesOf } from './discriminators.ts';
import { quote, show, type Emit, type Finding, type Place, type Undirected } from './finding.ts';
import { contradict, matchAlternatives, tagsOf } from './match-alternatives.ts';
import { rules, type Effect, type Kind } from './rules.ts';
import {
  annotation,
  constrains,
  isNothing,
  keyOf,
  namesOf,
  objectShape,
  valuesOf,
  type Alternative,
  type Conjunction,
  type ObjectShape,
  type Shape,
  type Shapes,
} from './shape.ts';

/** Compares schemas of two documents, and emits each difference once for each place. */
export class SchemaComparer {
  readonly #base: Shapes;
  readonly #revision: Shapes;
  readonly #emit: Emit;
  /** Whether this is a trial within another comparison, of which only the effects count. */
  readonly #isTrial: boolean;
  /** Comparisons that are under way or to come. */
  readonly #waiting: (() => void)[] = [];

  constructor(base: Shapes, revision: Shapes, emit: Emit, isTrial = false) {
    this.#base = base;
    this.#revision = revision;
    this.#emit = emit;
    this.#isTrial = isTrial;
  }

  compare(base: Conjunction, revision: Conjunction, place: Place): void {
    const key = `${keyOf(base)} → ${keyOf(revision)}`;
    if (place.seen.has(key)) return;
    place.seen.add(key);
    // One after the other: nested calls would go as deep as references lead, which overflows the stack.
    this.#waiting.push(() => this.#compareNow(base, revision, place));
    if (this.#waiting.length > 1) return;
    for (const run of this.#waiting) run();
    this.#waiting.length = 0;
  }

  #compareNow(base: Conjunction, revision: Conjunction, place: Place): void {
    const [before, after] = [this.#base.of(base), this.#revision.of(revision)];
    const pointer = (revision[0] ?? base[0])?.pointer ?? '';
    this.#reportAll(compareAnnotations(before.outer, after.outer, place, pointer), place);
    if (before.anything && after.anything) return;
    if (before.anything || after.anything) {
      const kind = before.anything ? 'schema-added' : 'schema-removed';
      this.#report(
        kind,
        place,
        pointer,
        before.anything ? 'the value is described' : 'the value is no longer described',
      );
      return;
    }
    this.#compareAlternatives(before, after, place, pointer);
    this.#reportAll(compareDiscriminators(before, after, this.#base, this.#revision, pointer), place);
    this.#compareSubtypes(before, after, place);
  }

  /** Subtypes that came or went are schemas that were added or removed, and reported as such. */
  #compareSubtypes(before: Shape, after: Shape, place: Place): void {
    const [left, right] = [
      before.outer.flatMap((node) => subtypesOf(node, this.#base.document)),
      after.outer.flatMap((node) => subtypesOf(node, this.#revision.document)),
    ];
    for (const subtype of left) {
      const other = right.find(({ pointer }) => pointer === subtype.pointer);
      if (other) this.compare([subtype], [other], place);
    }
  }

  /** What a comparison would say of the set of values that fit, without emitting anything. */
  #effectsOf(place: Place, run: (trial: SchemaComparer, place: Place) => void): Set<Effect> {
    const effects = new Set<Effect>();
    const collect = (finding: Finding) => effects.add(rules[finding.kind].effect);
    // A trial within a trial goes on from the pairs that are under way, so that recursion ends.
    const seen = new Set(this.#isTrial ? place.seen : []);
    run(new SchemaComparer(this.#base, this.#revision, collect, true), { ...place, seen });
    effects.delete('none');
    return effects;
  }

  #effects(base: Conjunction, revision: Conjunction, place: Place): Set<Effect> {
    return this.#effectsOf(place, (trial, inner) => trial.compare(base, revision, inner));
  }

  #report(kind: Kind, place: Place, pointer: string, message: string, instead?: string): void {
    this.#emit({ kind, direction: place.direction, pointer, message, instead });
  }

  #reportAll(changes: Undirected[], { direction }: Place): void {
    for (const change of changes) this.#emit({ ...change, direction });
  }

  #compareAlternatives(before: Shape, after: Shape, place: Place, pointer: string): void {
    const { pairs, removed, added } = matchAlternatives(
      before.alternatives,
      after.alternatives,
      this.#base,
      this.#revision,
    );
    for (const [left, right] of pairs) this.#compareAlternative(left, right, place, pointer);
    const lost = removed.filter((alternative) => !this.#isCovered(alternative, after, place, 'base'));
    const gained = added.filter((alternative) => !this.#isCovered(alternative, before, place, 'revision'));
    const isNull = ({ type }: Alternative) => type === 'null';
    if (lost.some(isNull)) this.#report('null-removed', place, pointer, '`null` is no longer a value');
    if (gained.some(isNull)) this.#report('null-added', place, pointer, 'the value may be `null`');
    const [gone, come] = [lost, gained].map((all) => all.filter((alternative) => !isNull(alternative)));
    if (!gone || !come) return;
    if (gone.length > 0 && come.length > 0 && !pairs.some(([left]) => !isNull(left))) {
      this.#report('type-changed', place, pointer, `the type changes from ${names(gone)} to ${names(come)}`);
      return;
    }
    for (const alternative of gone) {
      this.#report('type-removed', place, pointer, `${names([alternative])} is no longer a variant of the value`);
    }
    for (const alternative of come) {
      this.#report('type-added', place, pointer, `${names([alternative])} becomes a variant of the value`);
    }
    if (gone.length + come.length > 0 || before.exclusive === after.exclusive) return;
    const [shape, shapes] = after.exclusive ? [after, this.#revision] : [before, this.#base];
    if (!this.#overlaps(shape, shapes)) return;
    const kind = after.exclusive ? 'union-made-exclusive' : 'union-made-inclusive';
    this.#report(kind, place, pointer, after.exclusive ? '`anyOf` becomes `oneOf`' : '`oneOf` becomes `anyOf`');
  }

  /** Whether all values of an alternative still fit some alternative of the other side. */
  #isCovered(alternative: Alternative, other: Shape, place: Place, side: 'base' | 'revision'): boolean {
    return other.alternatives.some((candidate) => {
      if (candidate.type !== alternative.type || candidate.type === 'null') return candidate.type === alternative.type;
      if (candidate.type === 'object' && namesOf(candidate)[0] !== namesOf(alternative)[0]) return false;
      const [left, right] = side === 'base' ? [alternative, candidate] : [candidate, alternative];
      const effects = this.#effectsOf(place, (trial, inner) => trial.#compareAlternative(left, right, inner, ''));
      return [...effects].every((effect) => effect === (side === 'base' ? 'widened' : 'narrowed'));
    });
  }

  /** Whether some value may fit two alternatives; said in doubt. */
  #overlaps(shape: Shape, shapes: Shapes): boolean {
    return shape.alternatives.some((left, index) =>
      shape.alternatives.slice(index + 1).some((right) => {
        if (left.type !== right.type) return false;
        if (left.values && right.values) return false; // one list after another is one list
        return left.type !== 'object' || !contradict(tagsOf(left, shapes), tagsOf(right, shapes));
      }),
    );
  }

  #compareAlternative(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    if (before.type === 'null') return;
    if (before.own.length > 0 && after.own.length > 0) {
      this.#reportAll(compareAnnotations(before.own, after.own, place, after.own[0]?.pointer ?? pointer), place);
    }
    this.#compareValues(before, after, place, pointer);
    // A listed value either fits the other conditions or is not there.
    if (before.values && after.values && before.type !== 'object') return;
    for (const { effect, message, pointer: keyword } of compareConstraints(before, after)) {
      if (before.values || after.values) break;
      this.#report(constraintKinds[effect], place, keyword ?? pointer, message);
    }
    // What stands behind many references is the same behind each.
    const key = [before, after].map(({ type, nodes }) => `${type} ${keyOf(nodes.filter(constrains))}`).join(' → ');
    if (place.seen.has(key)) return;
    place.seen.add(key);
    if (before.type === 'string') this.#compareKeyword(before, after, 'contentSchema', place, pointer);
    if (before.type === 'array') this.#compareArrays(before, after, place, pointer);
    if (before.type === 'object') this.#compareObjects(before, after, place, pointer);
    this.#compareConditions(before, after, place, pointer);
    if (place.xml) this.#compareXml(before, after, place, pointer);
  }

  #compareValues(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    const list = valuesOf(after.nodes, 'enum')[0] ?? valuesOf(after.nodes, 'const')[0];
    const at = list?.pointer ?? pointer;
    const difference = (left: ReadonlyMap<string, unknown>, right: ReadonlyMap<string, unknown>) =>
      [...left].filter(([key]) => !right.has(key)).map(([, value]) => value);
    const [left, right] = [before, after].map((alternative) => alternative.values ?? valuesOfType(alternative));
    if (left && right) {
      for (const value of difference(left, right)) {
        this.#report('enum-value-removed', place, at, `the value ${show(value)} is removed`);
      }
      for (const value of difference(right, left)) {
        this.#report('enum-value-added', place, at, `the value ${show(value)} is added`);
      }
    } else if (left) {
      this.#report('enum-opened', place, at, `other values than ${[...left.values()].map(show).join(', ')} fit`);
    } else if (right) {
      this.#report('enum-closed', place, at, `only ${[...right.values()].map(show).join(', ')} fit`);
    } else {
      for (const value of difference(before.known, after.known)) {
        this.#report('known-value-removed', place, at, `the value ${show(value)} is no longer named`);
      }
      for (const value of difference(after.known, before.known)) {
        this.#report('known-value-added', place, at, `the value ${show(value)} is named`);
      }
    }
  }

  /** Compares the schemas under one keyword; where it is missing, anything fits. */
  #compareKeyword(before: Alternative, after: Alternative, keyword: string, place: Place, pointer: string): void {
    this.#compareOptional(
      valuesOf(before.nodes, keyword),
      valuesOf(after.nodes, keyword),
      quote(keyword),
      place,
      pointer,
    );
  }

  #compareOptional(before: Conjunction, after: Conjunction, what: string, place: Place, pointer: string): void {
    if (before.length === 0 && after.length === 0) return;
    if (before.length > 0 && after.length > 0) return this.compare(before, after, place);
    const [present, shapes] = after.length > 0 ? [after, this.#revision] : [before, this.#base];
    if (shapes.of(present).anything) return undefined;
    const kind = after.length > 0 ? 'schema-added' : 'schema-removed';
    const verb = after.length > 0 ? 'is added' : 'is removed';
    return this.#report(kind, place, present[0]?.pointer ?? pointer, `${what} ${verb}`);
  }

  #compareArrays(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    const length = Math.max(...[before, after].map(({ nodes }) => prefixLength(nodes)));
    for (let index = 0; index < length; index += 1) {
      this.#compareOptional(
        itemAt(before.nodes, index),
        itemAt(after.nodes, index),
        `the item ${index}`,
        place,
        pointer,
      );
    }
    const [itemsBefore, itemsAfter] = [restItems(before.nodes), restItems(after.nodes)];
    const closed = (items: Conjunction) => items.some(({ value }) => isNothing(value));
    if (closed(itemsBefore) !== closed(itemsAfter)) {
      const effect = closed(itemsAfter) ? 'narrowed' : 'widened';
      const message = closed(itemsAfter)
        ? 'no more items than the listed ones fit'
        : 'more items than the listed ones fit';
      this.#report(constraintKinds[effect], place, pointer, message);
    } else {
      this.#compareOptional(itemsBefore, itemsAfter, '`items`', place, pointer);
    }
    this.#compareContains(before, after, place, pointer);
  }

  #compareContains(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    const [left, right] = [valuesOf(before.nodes, 'contains'), valuesOf(after.nodes, 'contains')];
    if (left.length === 0 && right.length === 0) return;
    const place2 = right[0]?.pointer ?? left[0]?.pointer ?? pointer;
    if (left.length === 0 || right.length === 0) {
      const narrowed = left.length === 0;
      this.#report(
        constraintKinds[narrowed ? 'narrowed' : 'widened'],
        place,
        place2,
        `\`contains\` is ${narrowed ? 'added' : 'removed'}`,
      );
      return;
    }
    const limits = (nodes: Conjunction) => ({
      least: Math.max(...valuesOf(nodes, 'minContains').map(({ value }) => Number(value)), -1),
      most: Math.min(...valuesOf(nodes, 'maxContains').map(({ value }) => Number(value))),
    });
    const [a, b] = [limits(before.nodes), limits(after.nodes)];
    const [least, newLeast] = [a, b].map(({ least }) => (least < 0 ? 1 : least));
    if (least !== undefined && newLeast !== undefined && least !== newLeast) {
      const effect = newLeast > least ? 'narrowed' : 'widened';
      this.#report(constraintKinds[effect], place, pointer, `\`minContains\` changes from ${least} to ${newLeast}`);
    }
    if (a.most !== b.most) {
      const effect = b.most < a.most ? 'narrowed' : 'widened';
      this.#report(
        constraintKinds[effect],
        place,
        pointer,
        `\`maxContains\` changes from ${a.most} to ${b.most}`.replaceAll('Infinity', 'none'),
      );
    }
    this.#compareAsCondition('contains', left, right, place, place2);
  }

  #compareObjects(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    const [left, right] = [objectShape(before.nodes), objectShape(after.nodes)];
    this.#compareProperties(left, right, place, pointer);
    this.#compareOthers(left, right, place, pointer);
    for (const pattern of new Set([...left.patterns.keys(), ...right.patterns.keys()])) {
      // A pattern that one side does not have falls under what that side says of other properties.
      const [a, b] = [left, right].map((shape) => shape.patterns.get(pattern) ?? othersSchema(shape));
      if (!a || !b) continue;
      this.#comparePattern(
        pattern,
        a,
        b,
        place,
        (right.patterns.get(pattern) ?? left.patterns.get(pattern))?.[0]?.pointer ?? pointer,
      );
    }
    const names = [before, after].map(({ nodes }) => valuesOf(nodes, 'propertyNames'));
    if (names[0] && names[1]) this.#compareAsCondition('propertyNames', names[0], names[1], place, pointer);
    this.#compareDependentRequired(before, after, place, pointer);
    for (const name of keysOf([before, after], 'dependentSchemas')) {
      const [a, b] = [before, after].map(({ nodes }) =>
        valuesOf(nodes, 'dependentSchemas')
          .map((map) => child(map, name))
          .filter(({ value }) => value !== undefined && requiredAlone(value) === undefined),
      );
      if (a && b) this.#compareAsCondition('dependentSchemas', a, b, place, (b[0] ?? a[0])?.pointer ?? pointer);
    }
  }

  #comparePattern(
    pattern: string,
    before: Conjunction | 'closed',
    after: Conjunction | 'closed',
    place: Place,
    pointer: string,
  ): void {
    if (before === 'closed' && after === 'closed') return;
    if (before === 'closed' || after === 'closed') {
      const kind = after === 'closed' ? 'map-closed' : 'properties-opened';
      const message = `properties that match ${quote(pattern)} are ${after === 'closed' ? 'refused' : 'taken'}`;
      this.#report(kind, place, pointer, message);
    } else {
      this.#compareOptional(before, after, `the schema of properties that match ${quote(pattern)}`, place, pointer);
    }
  }

  #compareProperties(before: ObjectShape, after: ObjectShape, place: Place, pointer: string): void {
    const hidden = place.direction === 'request' ? 'readOnly' : 'writeOnly';
    const isHidden = (schema: Conjunction, shapes: Shapes) =>
      annotation(shapes.of(schema).outer, hidden)?.value === true;
    const visible = (shape: ObjectShape, shapes: Shapes) =>
      new Map([...shape.properties].filter(([, schema]) => !isHidden(schema, shapes)));
    const [left, right] = [visible(before, this.#base), visible(after, this.#revision)];
    const removed = [...left].filter(([name]) => !right.has(name));
    const added = [...right].filter(([name]) => !left.has(name));
    for (const [name, schema] of removed) {
      const successor = this.#isTrial
        ? undefined
        : this.#successorOf(name, schema, removed, added, before, after, place);
      const becameHidden = after.properties.has(name) ? `: it becomes \`${hidden}\`` : '';
      const message = `the property ${quote(name)} is removed${becameHidden}`;
      const instead =
        successor === undefined
          ? `${place.direction === 'request' ? 'Do not send' : 'Remove what reads'} ${quote(name)}`
          : `${quote(successor)} seems to take its place`;
      this.#report('property-removed', place, schema[0]?.pointer ?? pointer, message, instead);
    }
    for (const [name, schema] of added) {
      const required = after.required.has(name);
      const kind = required ? 'required-property-added' : 'property-added';
      const message = `the ${required ? 'required' : 'optional'} property ${quote(name)} is added`;
      this.#report(kind, place, schema[0]?.pointer ?? pointer, message, required ? `Send ${quote(name)}` : undefined);
    }
    for (const name of new Set([...before.required, ...after.required])) {
      if (before.required.has(name) === after.required.has(name)) continue;
      if (left.has(name) !== right.has(name)) continue; // said above
      if (!left.has(name) && (before.properties.has(name) || after.properties.has(name))) continue; // hidden here
      const required = after.required.has(name);
      const kind = required ? 'property-made-required' : 'property-made-optional';
      const message = `the property ${quote(name)} becomes ${required ? 'required' : 'optional'}`;
      const at = (after.properties.get(name) ?? before.properties.get(name))?.[0]?.pointer ?? pointer;
      this.#report(
        kind,
        place,
        at,
        message,
        required ? `Always send ${quote(name)}` : `Check that ${quote(name)} is there`,
      );
    }
    for (const [name, schema] of left) {
      const other = right.get(name);
      if (other) this.compare(schema, other, place);
    }
  }

  /** The one added property that says the same under another name. */
  #successorOf(
    name: string,
    schema: Conjunction,
    removed: [string, Conjunction][],
    added: [string, Conjunction][],
    before: ObjectShape,
    after: ObjectShape,
    place: Place,
  ): string | undefined {
    if (removed.length * added.length > maxCandidates) return undefined;
    const isAlike = (left: Conjunction, right: Conjunction) =>
      isEqual(withoutWords(left), withoutWords(right)) || this.#effects(left, right, place).size === 0;
    const [only, ...more] = added.filter(
      ([other, candidate]) => before.required.has(name) === after.required.has(other) && isAlike(schema, candidate),
    );
    const rivals = removed.filter(([, other]) => only && isAlike(other, only[1]));
    return more.length === 0 && rivals.length === 1 ? only?.[0] : undefined;
  }

  #compareOthers(before: ObjectShape, after: ObjectShape, place: Place, pointer: string): void {
    const [left, right] = [before.others, after.others];
    if (left === right) return;
    if (left === 'closed') {
      this.#report('properties-opened', place, pointer, 'properties that are not named are taken');
    } else if (right === 'closed') {
      const kind = before.isMap || before.properties.size === 0 ? 'map-closed' : 'properties-closed';
      this.#report(kind, place, pointer, 'properties that are not named are refused');
    } else {
      const [a, b] = [left, right].map((others) => (others === 'open' ? [] : others));
      if (a && b) this.#compareOptional(a, b, '`additionalProperties`', place, pointer);
    }
  }

  #compareDependentRequired(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    const pairs = ({ nodes }: Alternative) =>
      new Set(
        [...valuesOf(nodes, 'dependentRequired'), ...valuesOf(nodes, 'dependentSchemas')].flatMap((map) =>
          childEntries(map).flatMap(([name, { value }]) =>
            asArray(requiredAlone(value) ?? value).map((needed) => `${name} → ${String(needed)}`),
          ),
        ),
      );
    const [left, right] = [pairs(before), pairs(after)];
    for (const pair of right.difference(left)) {
      this.#report('constraint-tightened', place, pointer, `\`dependentRequired\` adds ${quote(pair)}`);
    }
    for (const pair of left.difference(right)) {
      this.#report('constraint-loosened', place, pointer, `\`dependentRequired\` drops ${quote(pair)}`);
    }
  }

  /** `not`, and `if` with `then` and `else`. */
  #compareConditions(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    const [nots, newNots] = [before, after].map(({ nodes }) => valuesOf(nodes, 'not'));
    if (nots && newNots) this.#compareAsCondition('not', nots, newNots, place, pointer);
    // `if` alone decides nothing, and neither do `then` and `else` without it.
    const [ifs, newIfs] = [before, after].map(({ nodes }) =>
      nodes.filter(({ value }) => {
        const { if: test, then: consequence, else: alternative } = asObject(value);
        return test !== undefined && (consequence !== undefined || alternative !== undefined);
      }),
    );
    if (!ifs || !newIfs) return;
    const [test, newTest] = [ifs, newIfs].map((nodes) => nodes.map((node) => child(node, 'if')));
    const at = newTest?.[0]?.pointer ?? test?.[0]?.pointer ?? pointer;
    if (!isEqualText(test ?? [], newTest ?? [])) {
      const effect = ifs.length === 0 ? 'narrowed' : newIfs.length === 0 ? 'widened' : 'changed';
      const verb = { narrowed: 'added', widened: 'removed', changed: 'changed' }[effect];
      this.#report(constraintKinds[effect], place, at, `\`if\` is ${verb}`);
      return;
    }
    for (const keyword of ['then', 'else']) {
      const [a, b] = [ifs, newIfs].map((nodes) => valuesOf(nodes, keyword));
      if (a && b) this.#compareAsCondition(keyword, a, b, place, at);
    }
  }

  /**
   * Compares schemas that are conditions on a value and do not describe it: one change for all that happens inside,
   * judged by what it does to the values that fit. `not` turns the effect round.
   */
  #compareAsCondition(keyword: string, before: Conjunction, after: Conjunction, place: Place, pointer: string): void {
    if (before.length === 0 && after.length === 0) return;
    const report = (effect: 'narrowed' | 'widened' | 'changed', verb: string) =>
      this.#report(
        constraintKinds[effect],
        place,
        after[0]?.pointer ?? before[0]?.pointer ?? pointer,
        `${quote(keyword)} is ${verb}`,
      );
    if (before.length === 0) return report('narrowed', 'added');
    if (after.length === 0) return report('widened', 'removed');
    const effects = this.#effects(before, after, place);
    if (effects.size === 0) return undefined;
    const [effect, ...more] = effects;
    if (more.length > 0 || effect === 'changed' || effect === undefined || effect === 'none')
      return report('changed', 'changed');
    const turned = keyword === 'not' ? (effect === 'narrowed' ? 'widened' : 'narrowed') : effect;
    return report(turned, turned === 'narrowed' ? 'stricter' : 'looser');
  }

  #compareXml(before: Alternative, after: Alternative, place: Place, pointer: string): void {
    const [left, right] = [before, after].map(xmlForm);
    const at = annotation(after.nodes, 'xml')?.pointer ?? pointer;
    if (!isEqual(left, right)) this.#report('xml-changed', place, at, 'the XML form changes');
  }
}

/** How a value stands in XML, with what is implied; `nodeType` of 3.2 says what `attribute` and `wrapped` said. */
function xmlForm({ type, nodes }: Alternative): object {
  const xml = asObject(annotation(nodes, 'xml')?.value);
  const older =
    xml['attribute'] === true ? 'attribute' : type === 'array' && xml['wrapped'] !== true ? 'none' : 'element';
  const nodeType = xml['nodeType'] ?? older;
  const property = nodes.flatMap(({ pointer }) => /\/properties\/([^/]+)$/.exec(pointer)?.[1] ?? [])[0];
  const name = xml['name'] ?? (property === undefined ? undefined : pointerTokens(`/${property}`)[0]);
  return { nodeType, name: nodeType === 'none' ? undefined : name, namespace: xml['namespace'], prefix: xml['prefix'] };
}

/** More pairs of removed and added properties than this are not searched for renamed ones. */
const maxCandidates = 100;

const constraintKinds = {
  narrowed: 'constraint-tightened',
  widened: 'constraint-loosened',
  changed: 'constraint-changed',
} as const;

/** A type that has few values is a list of them. */
function valuesOfType({ type }: Alternative): ReadonlyMap<string, unknown> | undefined {
  return type === 'boolean' ? new Map([true, false].map((value) => [String(value), value])) : undefined;
}

/** Names alternatives for a sentence: by their schema, else by their type. */
function names(alternatives: Alternative[]): string {
  const name = (alternative: Alternative) => {
    const [schema] = alternative.own.length > 0 ? namesOf(alternative) : [];
    const type = alternative.integer ? 'integer' : alternative.type;
    return quote(schema ?? type);
  };
  return [...new Set(alternatives.map(name))].join(' | ');
}

/** What the schemas say without their words. */
function withoutWords(nodes: Conjunction): unknown[] {
  return nodes.map(({ value }) => {
    const { title: _, description: __, example: ___, examples: ____, ...rest } = asObject(value);
    return rest;
  });
}

function isEqualText(left: Conjunction, right: Conjunction): boolean {
  return stableStringify(left.map(({ value }) => value)) === stableStringify(right.map(({ value }) => value));
}

function keysOf(alternatives: Alternative[], keyword: string): Set<string> {
  return new Set(
    alternatives.flatMap(({ nodes }) => valuesOf(nodes, keyword).flatMap(({ value }) => Object.keys(asObject(value)))),
  );
}

/** The names that a schema requires when it says nothing else: what `dependentRequired` says in fewer words. */
function requiredAlone(schema: unknown): unknown[] | undefined {
  const keywords = Object.keys(asObject(schema));
  return keywords.length === 1 && keywords[0] === 'required' ? asArray(asObject(schema)['required']) : undefined;
}

function othersSchema({ others }: ObjectShape): Conjunction | 'closed' {
  return others === 'open' ? [] : others;
}

function prefixLength(nodes: Conjunction): number {
  return Math.max(0, ...nodes.map((node) => prefixOf(node).length));
}

/** `prefixItems`, or the list form of `items` of older dialects. */
function prefixOf(node: Located): Located[] {
  const schema = asObject(node.value);
  const keyword = Array.isArray(schema['items']) ? 'items' : 'prefixItems';
  return asArray(schema[keyword]).map((_, index) => child(node, keyword, index));
}

function restItems(nodes: Conjunction): Conjunction {
  return [...valuesOf(nodes, 'items'), ...valuesOf(nodes, 'unevaluatedItems')].filter(
    ({ value }) => isObject(value) || value === false,
  );
}

function itemAt(nodes: Conjunction, index: number): Conjunction {
  return nodes.flatMap((node) => prefixOf(node)[index] ?? restItems([node]));
}
