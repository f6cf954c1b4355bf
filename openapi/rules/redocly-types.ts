/**
 * The part of Redocly's plugin interface that our rules and decorators use. `@redocly/cli` ships no types.
 *
 * @see https://redocly.com/docs/cli/custom-plugins/custom-rules
 */

/** A node of the document, as parsed from YAML. */
export type Node = Record<string, unknown>;

/** A text file of the document. */
export interface Source {
  /** Its path on this machine. */
  absoluteRef: string;
  body: string;
}

/** A place in a file. A report on it shows file, line and column. */
export interface Location {
  source: Source;
  pointer: string;
  child(path: string | number | (string | number)[]): Location;
  key(): Location;
}

/** What a hook gets beside its node. */
export interface Context {
  key: string | number;
  location: Location;
  /** The node as written; a `$ref` that has not been followed. */
  rawNode: Node;
  rawLocation: Location;
  parent: Node;
  resolve(node: Node): { node?: Node; location?: Location };
  report(problem: { message: string; location?: Location; suggest?: string[] }): void;
}

export type Hook = (node: any, context: Context, parents: any) => void;
export interface Visitor {
  [type: string]: Hook | Visitor | { enter?: Hook; leave?: Hook } | undefined;
}
export type Rule = (options: never) => Visitor;

export interface Plugin {
  id: string;
  rules: { oas3: Record<string, Rule> };
  decorators: { oas3: Record<string, Rule> };
}
