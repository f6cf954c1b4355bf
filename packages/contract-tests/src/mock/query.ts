import { isRecord, type Document } from '../document/document.ts';
import type { Operation, Parameter } from '../document/operations.ts';
import { lookUp } from '../document/pointer.ts';
import type { Schemas } from '../document/schemas.ts';

/** What is wrong with a query that Prism does not look at: names that the document lacks, and values left empty. */
export function findQueryFaults(
  document: Document,
  operation: Operation,
  query: URLSearchParams,
  schemas: Schemas,
): { loc: string[]; msg: string; type: string }[] {
  const parameters = operation.parameters.filter((parameter) => parameter.in === 'query');
  return [...new Set(query.keys())].flatMap((name) => {
    const parameter = parameters.find((one) => takesQueryName(document, one, name));
    if (!parameter) {
      return [{ loc: ['query', name], msg: 'the document has no such query parameter', type: 'value_error.extra' }];
    }
    const faults = query.get(name) === '' && parameter.name === name ? schemas.checkText(parameter.schema, '') : [];
    return faults.map((msg) => ({ loc: ['query', name], msg, type: 'value_error.empty' }));
  });
}

/** Whether a parameter is sent under a name: its own, or, for an exploded object, one of the object's properties. */
export function takesQueryName(document: Document, parameter: Parameter, name: string): boolean {
  const schema = lookUp(document, parameter.schema).value;
  if (!isRecord(schema) || schema['type'] !== 'object' || !parameter.explode) return parameter.name === name;
  const properties = Object.keys((schema['properties'] as object | undefined) ?? {});
  const patterns = Object.keys((schema['patternProperties'] as object | undefined) ?? {});
  return properties.includes(name) || patterns.some((pattern) => new RegExp(pattern, 'u').test(name));
}
