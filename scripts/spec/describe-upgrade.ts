import type { Change } from './diff/compare-documents.ts';
import { listOperations } from './diff/operations.ts';
import { sentence } from './diff/report.ts';
import { advice } from './diff/rules.ts';
import type { JsonObject } from './json.ts';
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
  const names = new OperationNames([base, revision]);
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
      const fresh = group.filter((change) => !isBroken(change)).map((change) => `- New: ${where(change, names)}`);
      return [`#### ${resource}`, '', ...shortened(broken), ...shortened(fresh)].join('\n');
    });
  return [headline, ...sections].join('\n\n');
}

function shortened(lines: string[]): string[] {
  if (lines.length <= maxListed) return lines;
  return [...lines.slice(0, maxListed), `- … and ${lines.length - maxListed} more; \`pnpm spec:diff\` lists them.`];
}

function describeBroken(change: Change, names: OperationNames): string {
  const instead = change.instead ?? advice(change.kind, change.direction);
  return [where(change, names), sentence(change.because), ...(instead === undefined ? [] : [sentence(instead)])].join(
    ' ',
  );
}

/** The sentence of the change, with its place where the sentence does not name it. */
function where({ kind, message, place, operations }: Change, names: OperationNames): string {
  if (kind.startsWith('schema-name-')) return sentence(message);
  if (!kind.startsWith('operation-')) return sentence(`\`${place}\`: ${message}`);
  const method = names.methodOf(operations[0] ?? '');
  const named = message.startsWith('`') ? message : `\`${operations[0] ?? place}\`: ${message}`;
  return sentence(method === undefined ? named : named.replace(/^`[^`]+`/, (name) => `${name} (\`${method}\`)`));
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

/** What operations are called in the client, and the resources that they belong to. */
class OperationNames {
  readonly #ids = new Map<string, string>();

  constructor(documents: JsonObject[]) {
    for (const { name, id } of documents.flatMap((document) => listOperations(new SpecDocument(document)))) {
      if (id !== undefined) this.#ids.set(name, id);
    }
  }

  /** `chats.createExperiment` for `Chats_createExperiment`. */
  methodOf(operation: string): string | undefined {
    const [resource, method] = this.#ids.get(operation)?.split('_') ?? [];
    if (resource === undefined || method === undefined) return undefined;
    return `${resource.slice(0, 1).toLowerCase()}${resource.slice(1)}.${method}`;
  }

  resourceOf({ operations }: Change): string {
    if (operations.length === 0) return types;
    const resources = [...new Set(operations.map((operation) => this.#ids.get(operation)?.split('_')[0] ?? operation))];
    return resources.length > maxResources ? everywhere : resources.toSorted().map(spaced).join(', ');
  }
}

/** `ModelConfigs` → `Model configs`. */
function spaced(resource: string): string {
  return resource.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
