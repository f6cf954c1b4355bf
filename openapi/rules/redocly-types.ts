/**
 * The part of Redocly's plugin interface that our rules and decorators use; `@redocly/cli` ships no types.
 *
 * A rule must never throw, whatever the document holds: Redocly would drop the findings of all rules for that document.
 * So nodes are `unknown` inside, and rules look before they read.
 *
 * @see https://redocly.com/docs/cli/custom-plugins/custom-rules
 */

/** An object of the document, as parsed. */
export type Node = Record<string, unknown>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of an object that are objects themselves. */
export function childNodes(value: unknown): [name: string, child: Node][] {
  return isNode(value) ? Object.entries(value).filter((entry): entry is [string, Node] => isNode(entry[1])) : [];
}

/** A text file. */
export interface Source {
  /** Its path on this machine. */
  absoluteRef: string;
  body: string;
  getLines(): string[];
}

/** A place in a file. A report on it shows file, line and column. */
export interface Location {
  source: Source;
  /** JSON pointer within the file, such as `#/ChatRequest/properties/messages`. */
  pointer: string;
  /** File and pointer. */
  absolutePointer: string;
  child(path: string | number | (string | number)[]): Location;
  /** The same place; a report on it marks the key in place of the value. */
  key(): Location;
}

/** A place given by its line, for files that have no pointers. */
export interface LineLocation {
  source: Source;
  pointer: undefined;
  start: { line: number; col: number };
}

export function atLine(source: Source, line: number): LineLocation {
  return { source, pointer: undefined, start: { line, col: 1 } };
}

/** Follows the `$ref` of a node. Without a `$ref` it gives back the node; a broken one has no node. */
export type Resolve = (node: Node, fromFile?: string) => { node?: unknown; location?: Location };

/** What a hook gets beside its node. */
export interface Context {
  /** Key of the node in its parent, such as a status or a method. */
  key: string | number;
  location: Location;
  resolve: Resolve;
  report: (problem: { message: string; location?: Location | LineLocation }) => void;
}

/** Called with a node whose `$ref`, if it had one, has been followed. */
export type Hook = (node: Node, context: Context) => void;

/** Keys are node types (`redocly inspect-node-types openapi.yaml` lists them), or `enter` and `leave`. */
export interface Visitor {
  [typeOrHook: string]: Hook | Visitor;
}

/** Makes the visitor for one document; `options` stand beside the rule's severity in redocly.yaml. */
export type Rule = (options: Node) => Visitor;

export interface Plugin {
  id: string;
  rules: { oas3: Record<string, Rule> };
  decorators: { oas3: Record<string, Rule> };
}
