import { methodKeys, usesOf, type ImportedOperation, listImported } from './imported.ts';
import { conformSchema, conformValue, withoutWords, type Context } from './conventions.ts';
import { resourceOf, type OwnFiles } from './own-files.ts';
import { asArray, asObject, asText, isEqual, isObject, type JsonObject } from '../json.ts';

export interface Merged {
  /** Folders of examples to remove, by operationId. */
  removedExamples: string[];
  /** Folders of examples to rename, by operationId. */
  renamedExamples: [string, string][];
  /** What a person has to decide or write, in sentences. */
  toDecide: string[];
}

const errorResponses: Record<string, string> = {
  '400': 'BadRequest',
  '401': 'Unauthorized',
  '404': 'NotFound',
  '422': 'UnprocessableEntity',
  '429': 'TooManyRequests',
  '500': 'InternalServerError',
  '503': 'ServiceUnavailable',
};

/**
 * Takes over into our files what changed from one published document to another: a merge of three sides. What is the
 * same in both stays as we wrote it, with our words, examples and mendings; what changed is written in our way.
 *
 * @param base - the published document that our files follow, upgraded to 3.2.
 * @param theirs - the one to follow now, upgraded to 3.2.
 * @param own - our files; changed in place.
 * @param splits - our schemas that were part of another of theirs: ours → theirs.
 */
export function mergeImport(
  base: JsonObject,
  theirs: JsonObject,
  own: OwnFiles,
  splits: Record<string, string>,
): Merged {
  return new Merge(base, theirs, own, splits).run();
}

class Merge {
  readonly #base: JsonObject;
  readonly #theirs: JsonObject;
  readonly #own: OwnFiles;
  readonly #splits: Record<string, string>;
  readonly #enums: Set<string>;
  readonly #isOurs: boolean;
  readonly #uses: ReturnType<typeof usesOf>;
  readonly #result: Merged = { removedExamples: [], renamedExamples: [], toDecide: [] };

  constructor(base: JsonObject, theirs: JsonObject, own: OwnFiles, splits: Record<string, string>) {
    this.#base = base;
    this.#theirs = theirs;
    this.#own = own;
    this.#splits = splits;
    this.#enums = new Set(
      Object.entries(schemasOf(theirs)).flatMap(([name, schema]) =>
        Array.isArray(asObject(schema)['enum']) ? [name] : [],
      ),
    );
    this.#uses = usesOf(theirs);
    this.#isOurs = isOurs(theirs);
  }

  run(): Merged {
    const reachedBefore = this.#own.reachableSchemas();
    this.#placeNewSchemas();
    this.#mergeOperations();
    this.#mergeSchemas();
    this.#prune(reachedBefore);
    this.#mergeRoot();
    return this.#result;
  }

  #context(inAnswers: boolean): Context {
    return { inAnswers, enums: this.#enums, isOurs: this.#isOurs };
  }

  /** Schemas have to have their place before anything refers to them. */
  #placeNewSchemas(): void {
    for (const [name, schema] of Object.entries(schemasOf(this.#theirs))) {
      if (this.#own.schema(name)) continue;
      const { resources, inAnswersOnly } = this.#uses.of(name);
      if (schemasOf(this.#base)[name] !== undefined) continue; // we dropped or renamed it on purpose
      const file = this.#own.fileForSchema(resources);
      this.#own.setSchema(name, {}, file);
      this.#own.setSchema(name, conformSchema(schema, this.#context(inAnswersOnly)), file);
    }
    // References can be written once all places are known.
    for (const name of Object.keys(schemasOf(this.#theirs))) {
      const file = this.#own.schemaFile(name);
      if (file !== undefined) this.#own.setSchema(name, this.#own.relative(this.#own.schema(name), file), file);
    }
  }

  #mergeOperations(): void {
    const before = listImported(this.#base);
    const after = listImported(this.#theirs);
    for (const operation of before.values()) {
      const now = findOperation(after, operation);
      if (!now) this.#removeOperation(operation);
      else this.#mergeOperation(operation, now);
    }
    for (const operation of after.values()) if (!findOperation(before, operation)) this.#addOperation(operation);
  }

  #ownOperation({
    path,
    method,
  }: ImportedOperation): { operation: JsonObject; item: JsonObject; file: string } | undefined {
    const entry = this.#own.paths().find((candidate) => candidate.path === path);
    const operation = entry?.item[method];
    return entry && isObject(operation) ? { operation, item: entry.item, file: entry.file } : undefined;
  }

  #removeOperation(operation: ImportedOperation): void {
    const own = this.#ownOperation(operation);
    if (!own) return;
    delete own.item[operation.method];
    this.#result.removedExamples.push(asText(own.operation['operationId']));
    if (!methodKeys.some((method) => own.item[method] !== undefined)) this.#own.removePath(operation.path);
  }

  #addOperation(added: ImportedOperation): void {
    const { path, method, id, written } = added;
    const entry = this.#own.paths().find((candidate) => candidate.path === path);
    const file = entry?.file ?? `paths/${resourceOf(id)}.yaml`;
    const operation = this.#isOurs ? asObject(this.#own.relative(written, file)) : this.#conformOperation(added, file);
    if (entry) entry.item[method] = operation;
    else this.#own.addPath(path, file, { [method]: operation });
    this.#result.toDecide.push(
      `${method.toUpperCase()} ${path} (${id}) is new: review its words, and add examples/${id}/.`,
    );
  }

  #conformOperation({ id, operation }: ImportedOperation, file: string): JsonObject {
    return {
      operationId: id,
      tags: operation['tags'] ?? [id.split('_')[0]],
      summary: asText(operation['summary'] ?? id).trim(),
      description: asText(operation['description'] ?? operation['summary'] ?? id).trim(),
      ...(operation['deprecated'] === true && { deprecated: true }),
      ...(asArray(operation['parameters']).length > 0 && {
        parameters: asArray(operation['parameters']).map((parameter) => this.#parameter(asObject(parameter), file)),
      }),
      ...(isObject(operation['requestBody']) && { requestBody: this.#requestBody(operation['requestBody'], {}, file) }),
      responses: this.#responses(asObject(operation['responses']), file),
    };
  }

  #parameter(parameter: JsonObject, file: string, words: JsonObject = {}): JsonObject {
    const { name, in: place, required, schema, description, deprecated, style, explode } = parameter;
    const { description: _, ...bare } = asObject(schema);
    return {
      name,
      in: place,
      ...(required === true && { required }),
      ...(deprecated === true && { deprecated }),
      description: words['description'] ?? description ?? '',
      ...(style !== undefined && { style }),
      ...(explode !== undefined && { explode }),
      schema: this.#own.relative(conformSchema(bare, this.#context(false)), file),
      ...(words['example'] !== undefined && { example: words['example'] }),
    };
  }

  #requestBody(body: JsonObject, own: JsonObject, file: string): JsonObject {
    const ownContent = asObject(own['content']);
    const content = Object.entries(asObject(body['content'])).map(([mediaType, media]) => [
      mediaType,
      {
        schema: this.#own.relative(conformSchema(asObject(media)['schema'], this.#context(false)), file),
        ...(asObject(ownContent[mediaType])['examples'] !== undefined && {
          examples: asObject(ownContent[mediaType])['examples'],
        }),
      },
    ]);
    return { ...own, required: body['required'] === true, content: Object.fromEntries(content) as JsonObject };
  }

  #responses(responses: JsonObject, file: string): JsonObject {
    const success = Object.entries(responses).filter(([status]) => status.startsWith('2'));
    const errors = Object.entries(errorResponses).map(([status, name]) => [
      status,
      { $ref: `../responses.yaml#/${name}` },
    ]);
    const others = Object.keys(responses).filter((status) => !status.startsWith('2') && !(status in errorResponses));
    for (const status of others)
      this.#result.toDecide.push(`${file}: the imported answer ${status} is not taken over.`);
    return Object.fromEntries([
      ...success.map(([status, response]) => [status, this.#success(asObject(response), {}, file)]),
      ...errors,
    ]) as JsonObject;
  }

  #success(response: JsonObject, own: JsonObject, file: string): JsonObject {
    const ownContent = asObject(own['content']);
    const content = Object.entries(asObject(response['content'])).map(([mediaType, media]) => [
      mediaType,
      {
        ...withoutSchemas(asObject(ownContent[mediaType])),
        ...this.#answerSchemas(asObject(media), file),
      },
    ]);
    const all = Object.fromEntries([...content, ...this.#streamsOf(response, ownContent)]) as JsonObject;
    return {
      description: own['description'] ?? response['description'] ?? '',
      headers: own['headers'] ?? { 'X-Request-ID': { $ref: '../headers.yaml#/RequestId' } },
      ...(Object.keys(all).length > 0 && { content: all }),
    };
  }

  #answerSchemas({ schema, itemSchema }: JsonObject, file: string): JsonObject {
    if (itemSchema !== undefined) return { itemSchema: this.#own.relative(itemSchema, file) };
    return { schema: this.#own.relative(conformValue(schema ?? {}, true, this.#context(true)), file) };
  }

  /**
   * The stream of an operation, which the published documents of v4 leave out: ours, or, for a new operation, that of an
   * operation with the same answer.
   */
  #streamsOf(response: JsonObject, ownContent: JsonObject): [string, unknown][] {
    if (this.#isOurs) return [];
    const streams = Object.entries(ownContent).filter(([, media]) => asObject(media)['itemSchema'] !== undefined);
    if (streams.length > 0) return streams;
    const schemaName = (media: unknown) => asText(asObject(asObject(media)['schema'])['$ref']).replace(/^.*\//, '');
    const wanted = schemaName(asObject(response['content'])['application/json']);
    if (wanted === '') return [];
    for (const { item } of this.#own.paths()) {
      for (const operation of Object.values(item)) {
        const content = asObject(asObject(asObject(asObject(operation)['responses'])['200'])['content']);
        const { itemSchema } = asObject(content['text/event-stream']);
        if (itemSchema === undefined || schemaName(content['application/json']) !== wanted) continue;
        return [['text/event-stream', { itemSchema }]];
      }
    }
    return [];
  }

  #mergeOperation(before: ImportedOperation, after: ImportedOperation): void {
    const own = this.#ownOperation(before);
    if (!own) return;
    const { operation, file } = own;
    if (before.path !== after.path || before.method !== after.method) this.#move(before, after, own);
    if (before.id !== after.id) this.#rename(operation, before.id, after.id);
    if ((before.operation['deprecated'] === true) !== (after.operation['deprecated'] === true)) {
      if (after.operation['deprecated'] === true) insertAfter(operation, 'description', 'deprecated', true);
      else delete operation['deprecated'];
    }
    this.#mergeParameters(before.operation, after.operation, operation, file);
    this.#mergeBody(before.operation, after.operation, operation, file);
    this.#mergeResponses(before.operation, after.operation, operation, file);
  }

  #move(
    before: ImportedOperation,
    after: ImportedOperation,
    own: { operation: JsonObject; item: JsonObject; file: string },
  ): void {
    delete own.item[before.method];
    if (!methodKeys.some((method) => own.item[method] !== undefined)) this.#own.removePath(before.path);
    const entry = this.#own.paths().find((candidate) => candidate.path === after.path);
    if (entry) entry.item[after.method] = own.operation;
    else this.#own.addPath(after.path, own.file, { [after.method]: own.operation });
  }

  #rename(operation: JsonObject, before: string, after: string): void {
    operation['operationId'] = after;
    this.#result.renamedExamples.push([before, after]);
    const text = JSON.stringify(operation).replaceAll(`examples/${before}/`, `examples/${after}/`);
    Object.assign(operation, JSON.parse(text));
  }

  #mergeParameters(before: JsonObject, after: JsonObject, operation: JsonObject, file: string): void {
    const [was, is, own] = [before, after, operation].map(
      (holder) => new Map(asArray(holder['parameters']).map((item) => [parameterKey(item), asObject(item)])),
    );
    if (!was || !is || !own) return;
    for (const key of was.keys()) if (!is.has(key)) own.delete(key);
    for (const [key, parameter] of is) {
      const old = was.get(key);
      if (old && isEqual(withoutWords(old), withoutWords(parameter))) continue;
      own.set(key, this.#parameter(parameter, file, own.get(key)));
    }
    if (own.size > 0) operation['parameters'] = [...own.values()];
    else delete operation['parameters'];
  }

  #mergeBody(before: JsonObject, after: JsonObject, operation: JsonObject, file: string): void {
    if (isEqual(withoutWords(before['requestBody']), withoutWords(after['requestBody']))) return;
    if (!isObject(after['requestBody'])) delete operation['requestBody'];
    else operation['requestBody'] = this.#requestBody(after['requestBody'], asObject(operation['requestBody']), file);
  }

  #mergeResponses(before: JsonObject, after: JsonObject, operation: JsonObject, file: string): void {
    const [was, is, own] = [before, after, operation].map((holder) => asObject(holder['responses']));
    if (!was || !is || !own) return;
    const changed = new Map<string, JsonObject | undefined>();
    for (const status of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if ((!status.startsWith('2') && !this.#isOurs) || isEqual(withoutWords(was[status]), withoutWords(is[status])))
        continue;
      const old = asObject(own[status] ?? (status.startsWith('2') ? successOf(own) : undefined));
      changed.set(status, isObject(is[status]) ? this.#success(is[status], old, file) : undefined);
    }
    if (changed.size === 0) return;
    const kept = Object.entries(own).filter(([status]) => !changed.has(status));
    const added = [...changed].filter(([, response]) => response !== undefined);
    operation['responses'] = Object.fromEntries([...added, ...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #mergeSchemas(): void {
    const [was, is] = [schemasOf(this.#base), schemasOf(this.#theirs)];
    for (const [name, schema] of Object.entries(is)) {
      if (was[name] === undefined) continue;
      const own = this.#own.schema(name);
      if (own) this.#mergeSchema(name, asObject(was[name]), asObject(schema), own, this.#uses.of(name).inAnswersOnly);
      else if (!isEqual(withoutWords(was[name]), withoutWords(schema))) {
        this.#result.toDecide.push(`The imported schema ${name} changed; our document has none of that name.`);
      }
    }
    for (const [ourName, theirName] of Object.entries(this.#splits)) {
      const own = this.#own.schema(ourName);
      if (own && was[theirName] && is[theirName]) {
        this.#mergeSchema(ourName, asObject(was[theirName]), asObject(is[theirName]), own, true);
      }
    }
  }

  #mergeSchema(name: string, before: JsonObject, after: JsonObject, own: JsonObject, inAnswers: boolean): void {
    if (isEqual(withoutWords(before), withoutWords(after))) return;
    const file = this.#own.schemaFile(name) ?? '';
    const context = this.#context(inAnswers);
    const [required, nowRequired] = [before, after].map((schema) => new Set(asArray(schema['required']).map(String)));
    const [properties, nowProperties] = [before, after].map((schema) => asObject(schema['properties']));
    if (!required || !nowRequired || !properties || !nowProperties) return;
    const ownProperties: JsonObject = { ...asObject(own['properties']) };
    for (const key of Object.keys(properties)) if (!(key in nowProperties)) delete ownProperties[key];
    for (const [key, property] of Object.entries(nowProperties)) {
      const same =
        isEqual(withoutWords(properties[key]), withoutWords(property)) && required.has(key) === nowRequired.has(key);
      if (same && key in properties) continue;
      const { description } = asObject(ownProperties[key]);
      const conformed = asObject(this.#own.relative(conformValue(property, nowRequired.has(key), context), file));
      ownProperties[key] = { ...conformed, ...(description !== undefined && { description }) };
    }
    if (Object.keys(ownProperties).length > 0) own['properties'] = ownProperties;
    const ownRequired = asArray(own['required'])
      .map(String)
      .filter((key) => (!required.has(key) || nowRequired.has(key)) && key in ownProperties);
    const newRequired = [...ownRequired, ...nowRequired.difference(required).difference(new Set(ownRequired))];
    if (newRequired.length > 0) insertAfter(own, 'description', 'required', newRequired);
    else delete own['required'];
    this.#mergeValues(before, after, own);
    const conformed = asObject(this.#own.relative(conformSchema(after, context), file));
    for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (['properties', 'required', 'enum', 'title', 'description', 'example', 'examples'].includes(keyword)) continue;
      if (isEqual(withoutWords(before[keyword]), withoutWords(after[keyword]))) continue;
      if (after[keyword] === undefined) delete own[keyword];
      else if (conformed[keyword] !== undefined) own[keyword] = conformed[keyword];
    }
  }

  #mergeValues(before: JsonObject, after: JsonObject, own: JsonObject): void {
    const [was, is] = [before, after].map((schema) => asArray(schema['enum']));
    if (!was || !is || isEqual(was, is) || !Array.isArray(own['enum'])) return;
    const kept = own['enum'].filter((value) => is.includes(value) || !was.includes(value));
    own['enum'] = [...kept, ...is.filter((value) => !was.includes(value))];
  }

  /** Removes schemas that nothing leads to any more. */
  #prune(reachedBefore: Set<string>): void {
    const listed = asObject(asObject(this.#own.root['components'])['schemas']);
    for (const name of Object.keys(listed)) {
      if (schemasOf(this.#base)[name] !== undefined && schemasOf(this.#theirs)[name] === undefined) delete listed[name];
    }
    const reached = this.#own.reachableSchemas();
    for (const name of this.#own.schemaNames()) {
      if (reached.has(name)) {
        if (schemasOf(this.#base)[name] !== undefined && schemasOf(this.#theirs)[name] === undefined) {
          this.#result.toDecide.push(
            `The imported document has no schema ${name} any more; something of ours still uses it.`,
          );
        }
      } else if (schemasOf(this.#theirs)[name] !== undefined) {
        // Named and not used: what the root lists keeps its type.
        listed[name] = { $ref: `${this.#own.schemaFile(name) ?? ''}#/${name}` };
      } else if (reachedBefore.has(name)) {
        this.#own.removeSchema(name);
      }
    }
  }

  #mergeRoot(): void {
    const version = asObject(this.#theirs['info'])['version'];
    if (version !== undefined) asObject(this.#own.root['info'])['version'] = version;
    for (const key of this.#isOurs ? ['servers', 'security'] : []) {
      if (!isEqual(this.#base[key], this.#theirs[key])) this.#own.root[key] = this.#theirs[key];
    }
    const used = new Set(
      this.#own
        .paths()
        .flatMap(({ item }) =>
          Object.values(item).flatMap((operation) => asArray(asObject(operation)['tags']).map(String)),
        ),
    );
    const tags = asArray(this.#own.root['tags']).map(asObject);
    const names = new Set(tags.map(({ name }) => asText(name)));
    const added = [...used.difference(names)].map((name) => ({ name, description: name }));
    this.#own.root['tags'] = [...tags.filter(({ name }) => used.has(asText(name))), ...added];
    for (const { name } of added) this.#result.toDecide.push(`The tag ${name} is new: describe it in openapi.yaml.`);
  }
}

/** Whether a document is one of our bundles, maybe changed: then it is the revision of our files, and not of v4's. */
export function isOurs(document: JsonObject): boolean {
  return asObject(document['info'])['x-package-version'] !== undefined;
}

/** The same operation by its id, else by its method and path. */
function findOperation(
  all: Map<string, ImportedOperation>,
  { id, path, method }: ImportedOperation,
): ImportedOperation | undefined {
  const byId = [...all.values()].find((candidate) => candidate.id === id);
  return byId ?? all.get(`${method} ${path}`);
}

/** Sets a key; a new one stands after another, as in the rest of our files. */
function insertAfter(object: JsonObject, sibling: string, key: string, value: unknown): void {
  if (key in object) {
    object[key] = value;
    return;
  }
  const entries = Object.entries(object);
  const position = entries.findIndex(([name]) => name === sibling) + 1;
  for (const [name] of entries) delete object[name];
  Object.assign(object, Object.fromEntries(entries.toSpliced(position, 0, [key, value])));
}

function schemasOf(document: JsonObject): JsonObject {
  return asObject(asObject(document['components'])['schemas']);
}

function withoutSchemas(mediaType: JsonObject): JsonObject {
  const { schema: _, itemSchema: __, ...rest } = mediaType;
  return rest;
}

function successOf(responses: JsonObject): unknown {
  return Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
}

function parameterKey(parameter: unknown): string {
  const { in: place, name } = asObject(parameter);
  return `${asText(place)} ${asText(name)}`;
}
