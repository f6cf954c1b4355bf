import { asObject, asText, escapeToken, isEqual, pointerTokens, type JsonObject } from '../json.ts';
import { references } from '../references.ts';
import { SpecDocument, type Located } from '../spec-document.ts';
import { OperationComparer } from './compare-operations.ts';
import { SchemaComparer } from './compare-schemas.ts';
import { compareSchemes } from './compare-security.ts';
import { subtypesOf } from './discriminators.ts';
import type { Finding } from './finding.ts';
import { quote } from './finding.ts';
import { listOperations, templateOf, type SpecOperation } from './operations.ts';
import { describePointer } from './places.ts';
import { highest, judge, unusedSchemaLevel, type Direction, type Kind, type Level } from './rules.ts';
import { Shapes } from './shape.ts';

/** One judged difference between two documents. */
export interface Change {
  level: Exclude<Level, 'none'>;
  kind: Kind;
  direction: Direction;
  /** The operations it concerns, as `POST /chat`; none for what is not part of an operation. */
  operations: string[];
  /** JSON pointer: into the revision, or into the base for what was removed. */
  pointer: string;
  /** The same place in words. */
  place: string;
  /** What changed, as a sentence without its full stop. */
  message: string;
  /** Why it is judged so. */
  because: string;
  /** What to write instead, where that is known. */
  instead?: string;
}

/** Compares two bundled documents. The gravest changes come first, and those of whole operations before others. */
export function compareDocuments(base: JsonObject, revision: JsonObject): Change[] {
  const [before, after] = [base, revision].map((document) => new SpecDocument(withoutPackageVersion(document)));
  return before && after ? new Comparison(before, after).run() : [];
}

/** The version of our package follows from the changes, and is none. */
function withoutPackageVersion(document: JsonObject): JsonObject {
  const { 'x-package-version': _, ...info } = asObject(document['info']);
  return 'info' in document ? { ...document, info } : document;
}

class Comparison {
  readonly #base: SpecDocument;
  readonly #revision: SpecDocument;
  readonly #shapes: [Shapes, Shapes];
  readonly #changes = new Map<string, Change>();

  constructor(base: SpecDocument, revision: SpecDocument) {
    this.#base = base;
    this.#revision = revision;
    this.#shapes = [new Shapes(base), new Shapes(revision)];
  }

  run(): Change[] {
    this.#compareOperations();
    this.#compareSchemaNames();
    for (const finding of compareSchemes(this.#base, this.#revision)) this.#add(finding, []);
    this.#compareWords();
    if (this.#changes.size === 0 && !isEqual(this.#base.root, this.#revision.root)) {
      this.#add(
        { kind: 'rewritten', direction: 'both', pointer: '', message: 'the document says the same in another way' },
        [],
      );
    }
    const rank = ({ level, kind }: Change) =>
      2 * ['major', 'minor', 'patch'].indexOf(level) + Number(!kind.startsWith('operation-'));
    return [...this.#changes.values()].toSorted((a, b) => rank(a) - rank(b));
  }

  #add(finding: Finding, operations: string[], ceiling?: Exclude<Level, 'none'>): void {
    const { kind, direction, pointer, message, instead } = finding;
    const key = [kind, direction, pointer, message].join('\n');
    const known = this.#changes.get(key);
    if (known) {
      known.operations = [...new Set([...known.operations, ...operations])];
      return;
    }
    const { level, because } = judge(kind, direction);
    const capped = ceiling !== undefined && highest([level, ceiling]) !== ceiling;
    this.#changes.set(key, {
      level: capped ? ceiling : level,
      kind,
      direction,
      operations,
      pointer,
      place: describePointer(pointer, (at) => (kind.endsWith('-removed') ? this.#base : this.#revision).at(at).value),
      message,
      because: capped ? 'no operation uses the schema' : because,
      // Advice is for those whose code broke; in the other direction the same change asks for nothing.
      ...(instead !== undefined && level === 'major' && !capped && { instead }),
    });
  }

  #compareOperations(): void {
    const before = listOperations(this.#base);
    const after = listOperations(this.#revision);
    const pairs = pairOperations(before, after);
    for (const operation of before) {
      const successor = pairs.get(operation);
      if (!successor) this.#addOperation(operation, false);
      else this.#compareOperation(operation, successor);
    }
    const successors = new Set(pairs.values());
    for (const operation of after) if (!successors.has(operation)) this.#addOperation(operation, true);
  }

  #addOperation({ name, isWebhook, operation }: SpecOperation, isNew: boolean): void {
    const kind = isWebhook
      ? isNew
        ? 'callback-added'
        : 'callback-removed'
      : isNew
        ? 'operation-added'
        : 'operation-removed';
    const message = `${quote(name)} is ${isNew ? 'added' : 'removed'}`;
    const { description } = asObject(operation.value);
    // A deprecated operation has said what to use instead; that is what those who still call it need.
    const advice = isNew ? undefined : /[^.\n]*\binstead\b[^.]*(?=\.|$)/i.exec(asText(description))?.[0].trim();
    this.#add({ kind, direction: 'both', pointer: operation.pointer, message, instead: advice }, [name]);
  }

  #compareOperation(before: SpecOperation, after: SpecOperation): void {
    const emit = (finding: Finding) => this.#add(finding, [after.name]);
    if (before.method !== after.method || templateOf(before.path) !== templateOf(after.path)) {
      const message = `${quote(before.name)} becomes ${quote(after.name)}`;
      emit({
        kind: 'operation-moved',
        direction: 'both',
        pointer: after.operation.pointer,
        message,
        instead: `Call ${quote(after.name)}`,
      });
    }
    if (before.path !== after.path && templateOf(before.path) === templateOf(after.path)) {
      const message = `the path ${quote(before.path)} becomes ${quote(after.path)}`;
      const names = [before, after].map(({ path }) => [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name));
      const renamed = (names[1] ?? []).flatMap((name, index) => {
        const old = names[0]?.[index];
        return old === undefined || old === name ? [] : `${quote(name)} in place of ${quote(old)}`;
      });
      const instead = `Send ${renamed.join(', ')}`;
      emit({ kind: 'path-parameter-renamed', direction: 'both', pointer: after.operation.pointer, message, instead });
    }
    new OperationComparer(...this.#shapes, emit).compare(before, after);
  }

  #compareSchemaNames(): void {
    const [left, right] = [this.#base, this.#revision].map((document) =>
      asObject(document.at('/components/schemas').value),
    );
    if (!left || !right) return;
    const used = [this.#base, this.#revision].map((document) => usedSchemas(document));
    for (const name of Object.keys({ ...left, ...right })) {
      const pointer = `/components/schemas/${escapeToken(name)}`;
      const removed = !(name in right);
      if (removed || !(name in left)) {
        const kind = removed ? 'schema-name-removed' : 'schema-name-added';
        const [successor, ...more] = Object.keys(right).filter(
          (other) => !(other in left) && isEqual(left[name], right[other]),
        );
        const isRenamed = removed && successor !== undefined && more.length === 0;
        this.#add(
          {
            kind,
            direction: 'both',
            pointer,
            message: `the schema ${quote(name)} is ${removed ? 'removed' : 'added'}`,
            instead: isRenamed ? `${quote(successor)} seems to take its place` : undefined,
          },
          [],
        );
      } else if (!used.some((names) => names.has(name))) {
        const emit = (finding: Finding) => this.#add({ ...finding, direction: 'both' }, [], unusedSchemaLevel);
        const place = { direction: 'response' as const, xml: false, seen: new Set<string>() };
        new SchemaComparer(...this.#shapes, emit).compare(
          [this.#base.at(pointer)],
          [this.#revision.at(pointer)],
          place,
        );
      }
    }
  }

  #compareWords(): void {
    for (const keyword of ['info', 'tags', 'externalDocs']) {
      const [left, right] = [this.#base.root[keyword], this.#revision.root[keyword]];
      if (isEqual(left, right)) continue;
      this.#add(
        { kind: 'words-changed', direction: 'both', pointer: `/${keyword}`, message: `${quote(keyword)} changes` },
        [],
      );
    }
  }
}

/** Pairs by method and path, then by method and path template, then by `operationId`. */
function pairOperations(before: SpecOperation[], after: SpecOperation[]): Map<SpecOperation, SpecOperation> {
  const pairs = new Map<SpecOperation, SpecOperation>();
  const taken = new Set<SpecOperation>();
  const keys: ((operation: SpecOperation) => string | undefined)[] = [
    ({ name }) => name,
    ({ method, path, isWebhook }) => `${String(isWebhook)} ${method} ${templateOf(path)}`,
    ({ id }) => id,
  ];
  for (const keyOf of keys) {
    for (const operation of before) {
      const key = keyOf(operation);
      if (pairs.has(operation) || key === undefined) continue;
      const other = after.find((candidate) => !taken.has(candidate) && keyOf(candidate) === key);
      if (!other) continue;
      pairs.set(operation, other);
      taken.add(other);
    }
  }
  return pairs;
}

/** Names of the component schemas that an operation, a webhook or a callback leads to, by reference or as a subtype. */
function usedSchemas(document: SpecDocument): Set<string> {
  const visited = new Set<string>();
  const visit = (from: Located): void => {
    if (visited.has(from.pointer)) return;
    visited.add(from.pointer);
    for (const { reference, pointer } of references(from.value, from.pointer)) {
      visit(document.resolve(reference, pointer));
    }
    for (const subtype of subtypesOf(from, document)) visit(subtype);
  };
  visit(document.at('/paths'));
  visit(document.at('/webhooks'));
  const names = [...visited].flatMap((pointer) => /^\/components\/schemas\/([^/]+)/.exec(pointer)?.[1] ?? []);
  return new Set(names.flatMap((name) => pointerTokens(`/${name}`)));
}
