import { asArray, asObject, isEqual, isObject, stableStringify } from '../json.ts';
import { child, childEntries, type Located } from '../spec-document.ts';
import { compareEncoding, partPairs } from './compare-encodings.ts';
import { SchemaComparer } from './compare-schemas.ts';
import { compareSecurity } from './compare-security.ts';
import { compareServers } from './compare-servers.ts';
import { quote, show, type Emit, type Place } from './finding.ts';
import { operationsOf, parametersOf, type Parameter, type SpecOperation } from './operations.ts';
import type { Kind } from './rules.ts';
import type { Conjunction, Shapes } from './shape.ts';

/** Compares one operation of the base with what it became. */
export class OperationComparer {
  readonly #base: Shapes;
  readonly #revision: Shapes;
  readonly #emit: Emit;
  readonly #schemas: SchemaComparer;
  readonly #seen = { request: new Set<string>(), response: new Set<string>() };
  /** A webhook turns the directions round: its body comes in, and its answer is ours. */
  #isWebhook = false;

  constructor(base: Shapes, revision: Shapes, emit: Emit) {
    this.#base = base;
    this.#revision = revision;
    this.#emit = emit;
    this.#schemas = new SchemaComparer(base, revision, emit);
  }

  compare(before: SpecOperation, after: SpecOperation): void {
    this.#isWebhook = before.isWebhook;
    this.#compareIdentity(before, after);
    this.#compareParameters(before, after);
    this.#compareRequestBody(child(before.operation, 'requestBody'), child(after.operation, 'requestBody'));
    this.#compareResponses(child(before.operation, 'responses'), child(after.operation, 'responses'));
    this.#compareCallbacks(child(before.operation, 'callbacks'), child(after.operation, 'callbacks'));
    for (const finding of compareSecurity(this.#base.document, this.#revision.document, before, after))
      this.#emit(finding);
    for (const finding of compareServers(this.#base.document, this.#revision.document, before, after))
      this.#emit(finding);
  }

  get #sent(): 'request' | 'response' {
    return this.#isWebhook ? 'response' : 'request';
  }

  get #received(): 'request' | 'response' {
    return this.#isWebhook ? 'request' : 'response';
  }

  #place(direction: 'request' | 'response', mediaType = ''): Place {
    return { direction, xml: /[/+]xml\b/i.test(mediaType), seen: this.#seen[direction] };
  }

  #report(
    kind: Kind,
    direction: 'request' | 'response' | 'both',
    at: Located,
    message: string,
    instead?: string,
  ): void {
    this.#emit({ kind, direction, pointer: at.pointer, message, instead });
  }

  #words(before: Located, after: Located, direction: 'request' | 'response' | 'both', keywords: string[]): void {
    for (const keyword of keywords) {
      if (isEqual(child(before, keyword).value, child(after, keyword).value)) continue;
      this.#report('words-changed', direction, child(after, keyword), `${quote(keyword)} changes`);
    }
    for (const key of new Set([before, after].flatMap(({ value }) => Object.keys(asObject(value))))) {
      if (!key.startsWith('x-') || isEqual(child(before, key).value, child(after, key).value)) continue;
      this.#report('words-changed', direction, child(after, key), `the extension ${quote(key)} changes`);
    }
  }

  #deprecation(before: Located, after: Located, direction: 'request' | 'response', what: 'operation' | 'part'): void {
    const [was, is] = [before, after].map((located) => child(located, 'deprecated').value === true);
    if (was === is) return;
    const at = is ? child(after, 'deprecated') : after;
    const message = is ? 'it is deprecated' : 'it is no longer deprecated';
    if (what === 'operation') this.#report(is ? 'operation-deprecated' : 'operation-undeprecated', 'both', at, message);
    else this.#report(is ? 'deprecated' : 'undeprecated', direction, at, message);
  }

  #compareIdentity(before: SpecOperation, after: SpecOperation): void {
    if (before.id === undefined && after.id !== undefined) {
      const message = `it is named ${quote(after.id)}`;
      this.#report('operation-named', 'both', child(after.operation, 'operationId'), message);
    } else if (before.id !== after.id) {
      const message = `\`operationId\` changes from ${quote(before.id ?? 'none')} to ${quote(after.id ?? 'none')}`;
      this.#report(
        'operation-renamed',
        'both',
        child(after.operation, 'operationId'),
        message,
        `Call ${quote(after.id ?? after.name)}`,
      );
    }
    const [tag, newTag] = [before, after].map(({ operation }) => asArray(child(operation, 'tags').value)[0]);
    if (!isEqual(tag, newTag)) {
      this.#report(
        'resource-changed',
        'both',
        child(after.operation, 'tags'),
        `the first tag changes from ${show(tag)} to ${show(newTag)}`,
      );
    } else {
      this.#words(before.operation, after.operation, 'both', ['tags']);
    }
    this.#deprecation(before.operation, after.operation, 'request', 'operation');
    this.#words(before.operation, after.operation, 'both', ['summary', 'description', 'externalDocs']);
    if (before.pathItem.pointer !== before.operation.pointer) {
      this.#words(before.pathItem, after.pathItem, 'both', ['summary', 'description']);
    }
  }

  #compareParameters(before: SpecOperation, after: SpecOperation): void {
    const left = parametersOf(this.#base.document, before);
    const right = renamePathParameters(parametersOf(this.#revision.document, after), before.path, after.path);
    const removed = [...left].filter(([key]) => !right.has(key));
    const added = new Map([...right].filter(([key]) => !left.has(key)));
    for (const [, parameter] of removed) {
      const moved = [...added].find(([, other]) => other.name === parameter.name && other.in !== parameter.in);
      if (moved) {
        added.delete(moved[0]);
        const message = `the parameter ${quote(parameter.name)} moves from the ${parameter.in} to the ${moved[1].in}`;
        this.#report('parameter-moved', this.#sent, moved[1].located, message);
      } else {
        const message = `the ${parameter.in} parameter ${quote(parameter.name)} is removed`;
        this.#report('parameter-removed', this.#sent, parameter.located, message, `Leave out ${quote(parameter.name)}`);
      }
    }
    for (const [, parameter] of added) {
      const required = isRequired(parameter.located);
      const kind = required ? 'required-parameter-added' : 'parameter-added';
      const message = `the ${required ? 'required' : 'optional'} ${parameter.in} parameter ${quote(parameter.name)} is added`;
      this.#report(
        kind,
        this.#sent,
        parameter.located,
        message,
        required ? `Send ${quote(parameter.name)}` : undefined,
      );
    }
    for (const [key, parameter] of left) {
      const other = right.get(key);
      if (other) this.#compareParameter(parameter, other);
    }
  }

  #compareParameter(before: Parameter, after: Parameter): void {
    const at = after.located;
    const name = quote(after.name);
    const [was, is] = [isRequired(before.located), isRequired(at)];
    if (was !== is) {
      const kind = is ? 'parameter-made-required' : 'parameter-made-optional';
      this.#report(
        kind,
        this.#sent,
        at,
        `the parameter ${name} becomes ${is ? 'required' : 'optional'}`,
        is ? `Always send ${name}` : undefined,
      );
    }
    this.#deprecation(before.located, at, this.#sent, 'part');
    this.#words(before.located, at, this.#sent, ['description', 'example', 'examples']);
    this.#compareStyle(before, after);
    this.#compareContentOrSchema(before.located, at, this.#sent);
  }

  /** How a parameter is spelled on the wire; `explode` counts only where it changes something. */
  #compareStyle(before: Parameter, after: Parameter): void {
    const [left, right] = [this.#styleOf(before, this.#base), this.#styleOf(after, this.#revision)];
    const name = quote(after.name);
    if (left.style !== right.style) {
      this.#report(
        'parameter-respelled',
        this.#sent,
        after.located,
        `${name}: \`style\` changes from ${quote(left.style)} to ${quote(right.style)}`,
      );
    } else if (respells(left.explode, right.explode)) {
      this.#report(
        'parameter-respelled',
        this.#sent,
        after.located,
        `${name}: \`explode\` changes from ${String(left.explode)} to ${String(right.explode)}`,
      );
    }
    for (const flag of ['allowReserved', 'allowEmptyValue']) {
      const [was, is] = [before, after].map(({ located }) => child(located, flag).value === true);
      if (was === is) continue;
      const kind = is ? 'parameter-loosened' : 'parameter-respelled';
      this.#report(kind, this.#sent, after.located, `${name}: ${quote(flag)} becomes ${String(is)}`);
    }
  }

  #styleOf({ in: place, located }: Parameter, shapes: Shapes): { style: string; explode: boolean | undefined } {
    const { style, explode, schema } = asObject(located.value);
    const spelling = typeof style === 'string' ? style : place === 'query' || place === 'cookie' ? 'form' : 'simple';
    const types =
      schema === undefined ? [] : shapes.of([child(located, 'schema')]).alternatives.map(({ type }) => type);
    const matters = types.some((type) => type === 'array' || type === 'object');
    return {
      style: spelling,
      explode: matters ? ((explode ?? (spelling === 'form' || spelling === 'cookie')) as boolean) : undefined,
    };
  }

  #compareContentOrSchema(before: Located, after: Located, direction: 'request' | 'response'): void {
    const [hadContent, hasContent] = [before, after].map((located) => child(located, 'content').value !== undefined);
    if (hadContent !== hasContent) {
      this.#report(
        'parameter-respelled',
        direction,
        after,
        `it is described by ${hasContent ? '`content`, no longer by `schema`' : '`schema`, no longer by `content`'}`,
      );
    } else if (hasContent) {
      this.#compareContent(child(before, 'content'), child(after, 'content'), direction);
    } else {
      this.#schemas.compare(part(before, 'schema'), part(after, 'schema'), this.#place(direction));
    }
  }

  #compareRequestBody(before: Located, after: Located): void {
    const [left, right] = [this.#base.document.deref(before), this.#revision.document.deref(after)];
    const [had, has] = [isObject(left.value), isObject(right.value)];
    if (!had && !has) return;
    if (had !== has) {
      const required = isRequired(right);
      if (had) this.#report('body-removed', this.#sent, left, 'the body is removed', 'Send no body');
      else
        this.#report(
          required ? 'required-body-added' : 'body-added',
          this.#sent,
          right,
          `${required ? 'a required' : 'an optional'} body is added`,
        );
      return;
    }
    const [was, is] = [isRequired(left), isRequired(right)];
    if (was !== is) {
      this.#report(
        is ? 'body-made-required' : 'body-made-optional',
        this.#sent,
        right,
        `the body becomes ${is ? 'required' : 'optional'}`,
      );
    }
    this.#words(left, right, this.#sent, ['description']);
    this.#compareContent(child(left, 'content'), child(right, 'content'), this.#sent);
  }

  #compareContent(before: Located, after: Located, direction: 'request' | 'response'): void {
    const [left, right] = [mediaTypesOf(before), mediaTypesOf(after)];
    for (const [name, mediaType] of left) {
      const other = right.get(name) ?? right.get(rangeOf(name)) ?? right.get('*/*');
      if (!other) this.#report('media-type-removed', direction, mediaType, `the media type ${quote(name)} is removed`);
      else
        this.#compareMediaType(
          name,
          this.#base.document.deref(mediaType),
          this.#revision.document.deref(other),
          direction,
        );
    }
    for (const [name, mediaType] of right) {
      if (left.has(name)) continue;
      // Whoever receives a webhook cannot ask for a form of it.
      const kind = this.#isWebhook && direction === this.#sent ? 'type-added' : 'media-type-added';
      this.#report(kind, direction, mediaType, `the media type ${quote(name)} is added`);
    }
  }

  #compareMediaType(name: string, before: Located, after: Located, direction: 'request' | 'response'): void {
    const place = this.#place(direction, name);
    this.#words(before, after, direction, ['example', 'examples']);
    const [schema, newSchema] = [part(before, 'schema'), part(after, 'schema')];
    if (!(isBinary(name) && [schema, newSchema].every(saysBinary))) this.#schemas.compare(schema, newSchema, place);
    const [item, newItem] = [part(before, 'itemSchema'), part(after, 'itemSchema')];
    if (item.length > 0 && newItem.length > 0) this.#schemas.compare(item, newItem, place);
    else if (item[0]) this.#report('sequence-removed', direction, item[0], '`itemSchema` is removed');
    else if (newItem[0]) this.#report('sequence-added', direction, newItem[0], '`itemSchema` is added');
    const sides = [
      { located: before, shapes: this.#base },
      { located: after, shapes: this.#revision },
    ] as const;
    for (const pair of partPairs(name, ...sides)) {
      for (const change of compareEncoding(pair)) this.#emit({ ...change, direction });
      this.#compareHeaders(child(pair.before.located, 'headers'), child(pair.after.located, 'headers'), direction);
    }
  }

  #compareResponses(before: Located, after: Located): void {
    const [left, right] = [statusesOf(before), statusesOf(after)];
    for (const [status, response] of left) {
      // `default` stands for errors: clients do not read it as a success.
      const covers = [status, `${status.slice(0, 1)}XX`, ...(isSuccess(status) ? [] : ['default'])];
      const cover = covers.find((name) => right.has(name));
      const other = cover === undefined ? undefined : right.get(cover);
      if (!other) {
        const kind = isSuccess(status) ? 'success-removed' : 'error-removed';
        this.#report(kind, this.#received, response, `the status ${quote(status)} is removed`);
        continue;
      }
      const [old, current] = [this.#base.document.deref(response), this.#revision.document.deref(other)];
      if (cover === status) {
        this.#words(old, current, this.#received, ['summary', 'description', 'links']);
      } else {
        const message = `the status ${quote(status)} is removed; ${quote(cover ?? '')} takes it in`;
        this.#report('status-covered', this.#received, response, message);
      }
      this.#compareResponse(old, current);
    }
    for (const [status, response] of right) {
      if (left.has(status)) continue;
      const kind = !isSuccess(status)
        ? 'error-added'
        : this.#isAlias(response, left)
          ? 'success-alias-added'
          : 'success-added';
      this.#report(kind, this.#received, response, `the status ${quote(status)} is added`);
    }
  }

  /** Whether a success answer has the body of one that was there before. */
  #isAlias(response: Located, known: Map<string, Located>): boolean {
    const content = (located: Located | undefined) => withoutWords(asObject(located?.value)['content']);
    const added = content(this.#revision.document.deref(response));
    return [...known].some(
      ([status, other]) => isSuccess(status) && isEqual(content(this.#base.document.deref(other)), added),
    );
  }

  #compareResponse(before: Located, after: Located): void {
    const [content, newContent] = [before, after].map((located) => child(located, 'content'));
    if (!content || !newContent) return;
    const [had, has] = [content, newContent].map((located) => mediaTypesOf(located).size > 0);
    if (had && !has) this.#report('body-removed', this.#received, content, 'the body is removed');
    else if (!had && has)
      // An answer that is described is to be given: for a webhook, by us.
      this.#report(
        this.#isWebhook ? 'required-body-added' : 'body-added',
        this.#received,
        newContent,
        'a body is added',
      );
    else this.#compareContent(content, newContent, this.#received);
    this.#compareHeaders(child(before, 'headers'), child(after, 'headers'), this.#received);
  }

  /** Headers of an answer, or of a part of a form. */
  #compareHeaders(before: Located, after: Located, direction: 'request' | 'response'): void {
    const headers = (located: Located, shapes: Shapes) =>
      new Map(
        childEntries(located)
          .filter(([name]) => name.toLowerCase() !== 'content-type')
          .map(([name, at]) => [name.toLowerCase(), { name, at, header: shapes.document.deref(at) }]),
      );
    const [left, right] = [headers(before, this.#base), headers(after, this.#revision)];
    for (const [key, { name, at, header }] of left) {
      const other = right.get(key)?.header;
      if (!other) {
        this.#report('header-removed', direction, at, `the header ${quote(name)} is removed`);
        continue;
      }
      const [was, is] = [isRequired(header), isRequired(other)];
      if (was !== is)
        this.#report(
          is ? 'header-made-required' : 'header-made-optional',
          direction,
          other,
          `the header ${quote(name)} becomes ${is ? 'required' : 'optional'}`,
        );
      this.#deprecation(header, other, direction, 'part');
      this.#words(header, other, direction, ['description', 'example', 'examples']);
      const [parameter, newParameter] = [header, other].map((located) => ({ name, in: 'header', located }));
      if (parameter && newParameter) {
        const [left, right] = [this.#styleOf(parameter, this.#base), this.#styleOf(newParameter, this.#revision)];
        if (respells(left.explode, right.explode))
          this.#report('parameter-respelled', direction, other, `the header ${quote(name)}: \`explode\` changes`);
      }
      this.#compareContentOrSchema(header, other, direction);
    }
    for (const [key, { name, at, header }] of right) {
      if (left.has(key)) continue;
      const kind = isRequired(header) ? 'required-header-added' : 'header-added';
      this.#report(kind, direction, at, `the header ${quote(name)} is added`);
    }
  }

  #compareCallbacks(before: Located, after: Located): void {
    const list = (located: Located, shapes: Shapes) =>
      new Map(
        childEntries(located).flatMap(([name, callback]) =>
          childEntries(shapes.document.deref(callback)).flatMap(([expression, item]) =>
            expression.startsWith('x-')
              ? []
              : operationsOf(shapes.document, expression, item, true).map(
                  (operation) => [`${name} ${operation.name}`, operation] as const,
                ),
          ),
        ),
      );
    const [left, right] = [list(before, this.#base), list(after, this.#revision)];
    for (const [name, operation] of left) {
      const other = right.get(name);
      if (other) new OperationComparer(this.#base, this.#revision, this.#emit).compare(operation, other);
      else this.#report('callback-removed', 'both', operation.operation, `the callback ${quote(name)} is removed`);
    }
    for (const [name, operation] of right) {
      if (!left.has(name))
        this.#report('callback-added', 'both', operation.operation, `the callback ${quote(name)} is added`);
    }
  }
}

function part(owner: Located, keyword: string): Conjunction {
  const located = child(owner, keyword);
  return located.value === undefined ? [] : [located];
}

function isRequired(located: Located): boolean {
  const { required, in: place } = asObject(located.value);
  return required === true || place === 'path';
}

function isSuccess(status: string): boolean {
  return status.startsWith('2');
}

/** Where only one of the two has parts to explode, the type has changed, which is said elsewhere. */
function respells(before: boolean | undefined, after: boolean | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

/** Statuses with their range in capitals; extensions are no statuses. */
function statusesOf(responses: Located): Map<string, Located> {
  const entries = childEntries(responses).filter(([status]) => !status.startsWith('x-'));
  return new Map(entries.map(([status, response]) => [status === 'default' ? status : status.toUpperCase(), response]));
}

/** Media types in lower case; UTF-8 is what they all are anyway. */
function mediaTypesOf(content: Located): Map<string, Located> {
  return new Map(
    childEntries(content).map(([name, mediaType]) => [
      name
        .toLowerCase()
        .replaceAll(/\s+/g, '')
        .replace(/;charset="?utf-8"?$/, ''),
      mediaType,
    ]),
  );
}

function rangeOf(mediaType: string): string {
  return `${mediaType.split('/')[0]}/*`;
}

function isBinary(mediaType: string): boolean {
  return !/json|xml|text|form|multipart|yaml/.test(mediaType);
}

/** A body of bytes: no schema, an empty one, or the string form of OpenAPI 3.0. */
function saysBinary(schema: Conjunction): boolean {
  const { type, format, contentMediaType, ...rest } = asObject(schema[0]?.value);
  if (Object.keys(rest).some((key) => key !== 'description' && key !== 'title')) return false;
  return type === undefined ? contentMediaType !== 'application/json' : type === 'string' && format === 'binary';
}

function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(
    ([key]) => !['description', 'example', 'examples', 'summary'].includes(key),
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutWords(inner)]));
}

/** Gives path parameters of the revision the keys of those at the same position in the base. */
function renamePathParameters(
  parameters: Map<string, Parameter>,
  path: string,
  newPath: string,
): Map<string, Parameter> {
  const names = (template: string) => [...template.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
  const [before, after] = [names(path), names(newPath)];
  if (stableStringify(before) === stableStringify(after) || before.length !== after.length) return parameters;
  return new Map(
    [...parameters].map(([key, parameter]) => {
      const index = parameter.in === 'path' ? after.indexOf(parameter.name) : -1;
      return [index < 0 ? key : `path ${before[index]}`, parameter];
    }),
  );
}
