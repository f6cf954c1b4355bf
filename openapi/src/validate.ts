import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Schema } from './document.ts';

/** Where a value breaks its schema: a JSON pointer into the value, and what is wrong there. */
export interface Violation {
  pointer: string;
  message: string;
}

export type Validate = (schema: Schema, value: unknown) => Violation[];

/** Keywords of OpenAPI that say nothing about validity; AJV refuses those it has not been told of. */
const annotations = ['discriminator', 'example', 'externalDocs', 'xml'];

/**
 * Makes a function that validates values against schemas of JSON Schema 2020-12.
 *
 * `discriminator` is left aside, as the specification wants it (it never changes what is valid); the branches have to
 * tell themselves apart by a `const`.
 *
 * @param definitions - what the `$ref`s of the schemas point into, such as `{ components }` of a bundled document.
 */
export function createValidate(definitions: object): Validate {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  ajv.addVocabulary([...annotations, ...Object.keys(definitions).filter((name) => name !== '$defs')]);
  ajv.addFormat('date', /^\d{4}-\d{2}-\d{2}$/);
  // One document that all references point into, so that each definition is compiled once.
  ajv.addSchema({ ...definitions, $id: 'definitions' });

  const compiled = new Map<string, ValidateFunction>();

  return (schema, value) => {
    const text = JSON.stringify(schema);
    const isValid = compiled.get(text) ?? compile(text);
    return isValid(value) ? [] : deepest(isValid.errors ?? []);
  };

  function compile(text: string): ValidateFunction {
    const schema: Schema = JSON.parse(text.replaceAll('"$ref":"#/', '"$ref":"definitions#/'));
    const validate = ajv.compile(schema);
    compiled.set(text, validate);
    return validate;
  }
}

/**
 * The errors that lie deepest in the value. When no branch of a choice matches, AJV reports the errors of all of them;
 * those of the branch that was meant lie deeper than those of the others, as a rule.
 */
function deepest(errors: ErrorObject[]): Violation[] {
  const greatest = Math.max(...errors.map(depthOf));
  const violations = errors
    .filter((error) => depthOf(error) === greatest && !['anyOf', 'oneOf', 'if'].includes(error.keyword))
    .map(({ instancePath, message, params }) => ({
      pointer: instancePath,
      message: `${message} ${describe(params)}`.trim(),
    }));
  const [first] = errors;
  if (violations.length > 0 || !first) return withoutOtherBranches(violations);
  return [{ pointer: first.instancePath, message: first.message ?? first.keyword }];
}

/** The branches of a choice that differ in a constant say together what it may be. */
function withoutOtherBranches(violations: Violation[]): Violation[] {
  const constant = /^must be equal to constant \((.*)\)$/;
  return [...new Set(violations.map(({ pointer }) => pointer))].flatMap((pointer) => {
    const here = violations.filter((violation) => violation.pointer === pointer);
    const values = here.flatMap(({ message }) => constant.exec(message)?.[1] ?? []);
    if (values.length < 2) return here;
    const others = here.filter(({ message }) => !constant.test(message));
    return [...others, { pointer, message: `must be one of the constants ${values.join(', ')}` }];
  });
}

function depthOf(error: ErrorObject): number {
  return error.instancePath.split('/').length;
}

/** What AJV's message leaves out. */
function describe({ additionalProperty, allowedValue, allowedValues }: ErrorObject['params']): string {
  const detail: unknown = additionalProperty ?? allowedValue ?? allowedValues;
  return detail === undefined ? '' : `(${JSON.stringify(detail)})`;
}
