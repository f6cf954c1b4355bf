import type { Change } from './diff/compare-documents.ts';
import { listOperations } from './diff/operations.ts';
import { sentence } from './diff/report.ts';
import { advice } from './diff/rules.ts';
import { asObject, asText, type JsonObject } from './json.ts';
import { SpecDocument } from './spec-document.ts';

/** More lines than this of one kind under one heading are counted, so that a changelog stays readable. */
const maxListed = 40;
/** A change that concerns more resources than this stands under one heading of its own. */
const maxResources = 3;
const everywhere = 'Everywhere';
const types = 'Names of types';

/**
 * Markdown for people who upgrade: what broke and what to write instead, and what is new, by resource.
 *
 * @param changes - from `compareDocuments(base, revision)`.
 */
export function describeUpgrade(base: JsonObject, revision: JsonObject, changes: Change[]): string {
  const names = new OperationNames(base, revision);
  const worthSaying = mergeDirections(changes.filter(({ level }) => level !== 'patch'));
  if (worthSaying.length === 0) return 'The document says the same in other words. There is nothing to do.';
  const isBroken = ({ level }: Change) => level === 'major';
  const headline = worthSaying.some(isBroken)
    ? 'The API changed in ways that may stop your code from compiling or working.'
    : 'The API has something new. Your code works as it is.';
  const sections = [...Map.groupBy(worthSaying, (change) => names.resourceOf(change))]
    .toSorted(([a], [b]) => Number(a === types) - Number(b === types) || (a < b ? -1 : 1))
    .map(([resource, group]) => {
      const broken = group.filter(isBroken).map((change) => `- **Breaking:** ${describeBroken(change, names)}`);
      const fresh = group.filter((change) => !isBroken(change)).map((change) => `- ${describeHarmless(change, names)}`);
      return [`#### ${resource}`, '', ...shortened(broken), ...shortened(fresh)].join('\n');
    });
  return [headline, ...sections].join('\n\n');
}

function shortened(all: string[]): string[] {
  const lines = [...new Set(all)];
  if (lines.length <= maxListed) return lines;
  return [...lines.slice(0, maxListed), `- … and ${lines.length - maxListed} more; \`pnpm spec:diff\` lists them.`];
}

function describeBroken(change: Change, names: OperationNames): string {
  if (change.kind === 'operation-renamed') return where(change, names);
  const instead = change.instead ?? advice(change.kind, change.direction);
  return [where(change, names), sentence(change.because), ...(instead === undefined ? [] : [sentence(instead)])].join(
    ' ',
  );
}

/** New is what was not there before; the rest is said with its reason. */
function describeHarmless(change: Change, names: OperationNames): string {
  const { kind } = change;
  if (kind.endsWith('deprecated')) return `Deprecated: ${where(change, names)} ${sentence(change.because)}`;
  if (/-(added|named)$/.test(kind)) return ['New:', where(change, names), ...names.wordsOf(change)].join(' ');
  return `Changed: ${where(change, names)} ${sentence(change.because)}`;
}

/** The sentence of the change, with its place where the sentence does not name it. */
function where(change: Change, names: OperationNames): string {
  const { kind, message, place, operations } = change;
  const operation = operations.find((name) => place.startsWith(name) || message.startsWith(`\`${name}\``));
  if (kind === 'operation-renamed') return sentence(`${names.call(operation ?? place)}: ${names.renaming(message)}`);
  if (kind === 'operation-moved') return sentence(message.replace(/^`[^`]+`/, names.callOf(change)));
  if (operation !== undefined) return withinOperation(change, operation, names);
  // What is no part of a schema names itself.
  if (/^(schema-name|security|server)-/.test(kind)) return sentence(message);
  const named = message.replace(/\bproperty `[^`]+`/, `property \`${place}\``);
  return sentence(named === message ? `\`${place}\`: ${message}` : named);
}

function withinOperation({ message, place }: Change, operation: string, names: OperationNames): string {
  const call = names.call(operation);
  if (message.startsWith(`\`${operation}\``)) return sentence(message.replace(`\`${operation}\``, call));
  const rest = place.slice(operation.length);
  const isNamed = /^the (\w+ )*(parameter|status|header|media type) `/.test(message);
  return sentence(`${call}${isNamed ? rest.replace(/, (parameter|answer|header|as) [^,]*$/, '') : rest}: ${message}`);
}

/** A change of a schema that is sent and read is said once, as its graver half. */
function mergeDirections(changes: Change[]): Change[] {
  const merged = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.pointer}\n${change.message}`;
    const graver = merged.get(key) ?? change; // the gravest comes first
    merged.set(key, { ...graver, operations: [...new Set([...graver.operations, ...change.operations])] });
  }
  return [...merged.values()];
}

/** What operations are called in the client, the resources that they belong to, and what the document says of them. */
class OperationNames {
  readonly #ids = new Map<string, string>();
  readonly #revision: SpecDocument;

  constructor(base: JsonObject, revision: JsonObject) {
    this.#revision = new SpecDocument(revision);
    for (const { name, id } of [new SpecDocument(base), this.#revision].flatMap(listOperations)) {
      if (id !== undefined) this.#ids.set(name, id);
    }
  }

  /** `` `POST /x` (`things.x`) ``. */
  call(operation: string): string {
    const method = methodOf(this.#ids.get(operation));
    return `\`${operation}\`${method === undefined ? '' : ` (\`${method}\`)`}`;
  }

  /** The same for an operation that moved, which its sentence calls by its old name. */
  callOf({ message, operations }: Change): string {
    const method = methodOf(this.#ids.get(operations[0] ?? ''));
    const [old = ''] = /^`[^`]+`/.exec(message) ?? [];
    return method === undefined ? old : `${old} (\`${method}\`)`;
  }

  /** What an `operationId` that changed means for whoever calls the method. */
  renaming(message: string): string {
    const [before, after] = [...message.matchAll(/`(\w+)`/g)].slice(-2).map(([, id]) => methodOf(id));
    if (before === undefined || after === undefined) return message;
    return `the method \`${before}\` is now \`${after}\`. Call that, and use its new name in \`operations\``;
  }

  /** The first sentence of what the document says of the changed part. */
  wordsOf({ kind, pointer }: Change): string[] {
    if (!/^(operation|parameter|property|required-property)-added$/.test(kind)) return [];
    const { summary, description } = asObject(this.#revision.deref(this.#revision.at(pointer)).value);
    const [first = ''] = asText(summary ?? description ?? '').split(/(?<=\.)\s|\n/);
    return first === '' ? [] : [sentence(first)];
  }

  resourceOf({ operations }: Change): string {
    if (operations.length === 0) return types;
    const resources = [...new Set(operations.map((operation) => this.#ids.get(operation)?.split('_')[0] ?? operation))];
    return resources.length > maxResources ? everywhere : resources.toSorted().map(spaced).join(', ');
  }
}

/** `chats.createExperiment` for `Chats_createExperiment`. */
function methodOf(id: string | undefined): string | undefined {
  const [resource, method] = id?.split('_') ?? [];
  if (resource === undefined || method === undefined) return undefined;
  return `${resource.slice(0, 1).toLowerCase()}${resource.slice(1)}.${method}`;
}

/** `ModelConfigs` → `Model configs`. */
function spaced(resource: string): string {
  return resource.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
