import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { resolve, type Document, type Schema } from '../../../openapi/src/document.ts';
import { createValidate, type Validate } from '../../../openapi/src/validate.ts';
import { visitProperties } from '../../../openapi/test/examples/visit-properties.ts';
import { asObject, asText, isEqual } from '../json.ts';
import { addNull, removeProperty } from './edit-json.ts';
import type { OwnFiles } from './own-files.ts';

/** An example in a file, and where the document refers to it. */
interface ExampleFile {
  /** From the folder of the document. */
  file: string;
  operationId: string;
  /** Status of the answer; undefined for a request. */
  status: string | undefined;
  mediaType: string;
}

/** The files of examples that our YAML refers to. */
export function listExampleFiles(own: OwnFiles): ExampleFile[] {
  return own.paths().flatMap(({ file: source, item }) =>
    Object.values(item).flatMap((value) => {
      const operation = asObject(value);
      const operationId = asText(operation['operationId']);
      const bodies: [string | undefined, unknown][] = [
        [undefined, operation['requestBody']],
        ...Object.entries(asObject(operation['responses'])),
      ];
      return bodies.flatMap(([status, body]) =>
        Object.entries(asObject(asObject(body)['content'])).flatMap(([mediaType, media]) =>
          Object.values(asObject(asObject(media)['examples'])).flatMap((example) => {
            const { externalValue } = asObject(example);
            if (typeof externalValue !== 'string') return [];
            const file = path.posix.join(path.posix.dirname(source), externalValue);
            return [{ file, operationId, status, mediaType }];
          }),
        ),
      );
    }),
  );
}

/**
 * Takes over into our examples what a person need not decide: properties that the document no longer has go, and new
 * properties of answers that may be null are null.
 *
 * @param folder - the folder of the document.
 * @param before - our bundled document before the import.
 * @param after - and after it.
 * @param earlierIds - operationIds before the import by those after it, where they differ.
 * @returns the texts of the files that change.
 */
export function adaptExamples(
  folder: string,
  own: OwnFiles,
  before: Document,
  after: Document,
  earlierIds: ReadonlyMap<string, string>,
): Map<string, string> {
  const [wasAt, isAt] = [before, after].map((document) => {
    const validate = createValidate({ components: document.components });
    return (schema: Schema, value: unknown) => ({ document, validate, schema, value });
  });
  const texts = new Map<string, string>();
  for (const { file, operationId, status, mediaType } of listExampleFiles(own)) {
    const source = path.join(folder, file);
    if (!file.endsWith('.json') || !existsSync(source) || !wasAt || !isAt) continue;
    const was = findSchema(before, earlierIds.get(operationId) ?? operationId, status, mediaType);
    const is = findSchema(after, operationId, status, mediaType);
    if (!was || !is || isEqual([was, before.components.schemas], [is, after.components.schemas])) continue;
    const text = texts.get(file) ?? readFileSync(source, 'utf8');
    const declared = declaredIn(wasAt(was, JSON.parse(text)));
    const adapted = adapt(text, declared, (value) => isAt(is, value), status !== undefined);
    if (adapted !== text) texts.set(file, adapted);
  }
  return texts;
}

interface Judged {
  document: Document;
  validate: Validate;
  schema: Schema;
  value: unknown;
}

function adapt(text: string, was: Declared, judge: (value: unknown) => Judged, isAnswer: boolean): string {
  let adapted = text;
  const declared = () => declaredIn(judge(JSON.parse(adapted)));
  const violations = (candidate: string) => {
    const { validate, schema, value } = judge(JSON.parse(candidate));
    return validate(schema, value);
  };
  let is = declared();
  for (const pointer of was.present.toReversed()) {
    if (is.all.has(pointer)) continue;
    const without = removeProperty(adapted, pointer);
    const isSurplus = is.holders.has(parentOf(pointer)) && violations(without).length <= violations(adapted).length;
    if (!isSurplus && violations(without).length >= violations(adapted).length) continue;
    adapted = without;
    is = declared();
  }
  if (!isAnswer) return adapted;
  for (const pointer of is.absent) {
    if (was.all.has(pointer)) continue;
    const withNull = addNull(adapted, pointer);
    // A property that may not be null has no value until a person gives it one.
    if (!violations(withNull).some((violation) => violation.pointer === pointer)) adapted = withNull;
  }
  return adapted;
}

/** Pointers to the properties that a schema declares along a value. */
interface Declared {
  all: Set<string>;
  present: string[];
  absent: string[];
  /** Objects that have declared properties. */
  holders: Set<string>;
}

function declaredIn({ document, validate, schema, value }: Judged): Declared {
  const visited = visitProperties(document, validate, schema, value);
  const pointers = (list: typeof visited) => list.map(({ pointer }) => pointer);
  return {
    all: new Set(pointers(visited)),
    present: pointers(visited.filter((one) => one.value !== undefined)),
    absent: pointers(visited.filter((one) => one.value === undefined)),
    holders: new Set(pointers(visited).map(parentOf)),
  };
}

function parentOf(pointer: string): string {
  return pointer.slice(0, pointer.lastIndexOf('/'));
}

function findSchema(
  document: Document,
  operationId: string,
  status: string | undefined,
  mediaType: string,
): Schema | undefined {
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) {
      if (operation.operationId !== operationId) continue;
      const body = status === undefined ? operation.requestBody : operation.responses[status];
      return (
        body && resolve<{ content?: Record<string, { schema?: Schema }> }>(document, body).content?.[mediaType]?.schema
      );
    }
  }
  return undefined;
}

/**
 * Takes the properties that the document no longer declares off the list of those without an example.
 *
 * @param text - test/examples-without-value.yaml.
 * @param isGone - whether the document no longer has a property, such as `ChatRequest.seed`.
 */
export function adaptExceptions(text: string, isGone: (property: string) => boolean): string {
  const blocks = text.split(/^(?=- reason:)/m).map((block) => ({
    before: block,
    after: block.replaceAll(/^ +- (\S+)\n/gm, (line, property: string) => (isGone(property) ? '' : line)),
  }));
  return blocks
    .filter(({ before, after }) => before === after || /^ +- \S+$/m.test(after))
    .map(({ after }) => after)
    .join('');
}
