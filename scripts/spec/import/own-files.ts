import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { asObject, asText, isObject, pointerTokens, type JsonObject } from '../json.ts';

const shared = ['common', 'errors'];

/** The YAML files of our document, parsed, by their path from the folder of the document. */
export class OwnFiles {
  readonly files: Map<string, JsonObject>;
  readonly #schemaFiles = new Map<string, string>();

  constructor(files: Map<string, JsonObject>) {
    this.files = files;
    for (const [file, value] of files) {
      if (!file.startsWith('schemas/')) continue;
      for (const name of Object.keys(value)) if (!name.startsWith('x-')) this.#schemaFiles.set(name, file);
    }
  }

  static read(folder: string): OwnFiles {
    const names = [
      'openapi.yaml',
      'responses.yaml',
      'headers.yaml',
      ...globSync(['paths/*.yaml', 'schemas/*.yaml'], { cwd: folder }),
    ];
    return new OwnFiles(
      new Map(
        names
          .toSorted()
          .map((name) => [name, parse(readFileSync(path.join(folder, name), 'utf8'), { merge: true }) as JsonObject]),
      ),
    );
  }

  get root(): JsonObject {
    return this.file('openapi.yaml');
  }

  /** The parsed file; a new one when there is none of that name. */
  file(name: string): JsonObject {
    const known = this.files.get(name);
    if (known) return known;
    const created: JsonObject = {};
    this.files.set(name, created);
    return created;
  }

  schemaNames(): string[] {
    return [...this.#schemaFiles.keys()];
  }

  schema(name: string): JsonObject | undefined {
    const file = this.#schemaFiles.get(name);
    const schema = file === undefined ? undefined : this.file(file)[name];
    return isObject(schema) ? schema : undefined;
  }

  schemaFile(name: string): string | undefined {
    return this.#schemaFiles.get(name);
  }

  setSchema(name: string, schema: unknown, file = this.#schemaFiles.get(name) ?? 'schemas/common.yaml'): void {
    this.#schemaFiles.set(name, file);
    this.file(file)[name] = schema;
  }

  removeSchema(name: string): void {
    const file = this.#schemaFiles.get(name);
    if (file !== undefined) delete this.file(file)[name];
    this.#schemaFiles.delete(name);
    const listed = asObject(asObject(this.root['components'])['schemas']);
    delete listed[name];
  }

  /** Each path with its file and its path item. */
  paths(): { path: string; file: string; item: JsonObject }[] {
    return Object.entries(asObject(this.root['paths'])).flatMap(([name, value]) => {
      const [file = '', pointer = ''] = asText(asObject(value)['$ref']).split('#', 2);
      const item = this.files.get(file)?.[pointerTokens(pointer)[0] ?? ''];
      return isObject(item) ? { path: name, file, item } : [];
    });
  }

  removePath(name: string): void {
    const entry = this.paths().find((candidate) => candidate.path === name);
    if (entry) delete this.file(entry.file)[name];
    delete asObject(this.root['paths'])[name];
  }

  addPath(name: string, file: string, item: JsonObject): void {
    this.file(file)[name] = item;
    const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
    asObject(this.root['paths'])[name] = { $ref: `${file}#/${token}` };
  }

  /** References of a bundled document, written as they are from one of our files. */
  relative(value: unknown, from: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.relative(item, from));
    if (typeof value === 'string' && value.startsWith('#/components/schemas/')) {
      return this.#reference(value.replace('#/components/schemas/', ''), from);
    }
    const shared = typeof value === 'string' ? /^#\/components\/(responses|headers)\/(.+)$/.exec(value) : null;
    if (shared) return `${path.posix.relative(path.posix.dirname(from), `${shared[1]}.yaml`)}#/${shared[2]}`;
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.relative(inner, from)]));
  }

  #reference(name: string, from: string): string {
    const file = this.#schemaFiles.get(name) ?? 'schemas/common.yaml';
    return file === from ? `#/${name}` : `${path.posix.relative(path.posix.dirname(from), file)}#/${name}`;
  }

  /** Names of the schemas that paths, responses and listed components lead to. */
  reachableSchemas(): Set<string> {
    const reached = new Set<string>();
    const visit = (value: unknown, from: string): void => {
      if (Array.isArray(value)) return value.forEach((item) => visit(item, from));
      if (typeof value === 'string' && /#\/[^/]+$/.test(value)) {
        const [file = '', name = ''] = value.split('#/', 2);
        const target = file === '' ? from : path.posix.join(path.posix.dirname(from), file);
        if (this.#schemaFiles.get(name) === target && !reached.has(name)) {
          reached.add(name);
          visit(this.file(target)[name], target);
        }
      }
      if (isObject(value)) for (const inner of Object.values(value)) visit(inner, from);
    };
    for (const [file, value] of this.files) if (!file.startsWith('schemas/')) visit(value, file);
    return reached;
  }

  /** Where a new schema goes: to the resource that uses it, or to those that several use. */
  fileForSchema(resources: ReadonlySet<string>): string {
    const [only, ...more] = resources;
    return `schemas/${only !== undefined && more.length === 0 ? only : shared[0]}.yaml`;
  }
}

/** `ModelConfigs_register` → `model-configs`. */
export function resourceOf(operationId: string): string {
  return (operationId.split('_')[0] ?? operationId).replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
