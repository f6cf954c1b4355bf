import type { Document } from '../document/document.ts';
import { valueAt, type Pointer } from '../document/pointer.ts';

/**
 * Names a place in a schema as people speak of it: `ChatRequest.messages[].role`, `Chats_create body application/json`,
 * `Logs_list query page`, `UnprocessableEntity application/json`.
 */
export function placeOf(document: Document, pointer: Pointer): string {
  if (pointer[1] === 'schemas') return `${pointer[2]}${writeInner(pointer.slice(3))}`;
  const end = pointer.findIndex((name, at) => at > 1 && ['schema', 'itemSchema', 'x-item-schema'].includes(name));
  const holder = writeHolder(document, pointer.slice(0, end));
  return `${holder}${pointer[end] === 'schema' ? '' : ' event'}${writeInner(pointer.slice(end + 1))}`;
}

/** What a schema stands in: a body, an answer, a parameter, a header. */
function writeHolder(document: Document, pointer: Pointer): string {
  const [top, , third = ''] = pointer;
  const names = pointer.slice(3).filter((name) => !['content', 'responses', 'headers'].includes(name));
  if (top === 'components') return [third, ...names].join(' ');
  const { operationId } = valueAt(document, pointer.slice(0, 3)) as { operationId: unknown };
  if (names[0] === 'parameters') {
    const parameter = valueAt(document, pointer.slice(0, 5)) as { in: unknown; name: unknown };
    return `${String(operationId)} ${String(parameter.in)} ${String(parameter.name)}`;
  }
  return [operationId, ...names.map((name) => (name === 'requestBody' ? 'body' : name))].join(' ');
}

/** The way within a schema. */
function writeInner(names: Pointer): string {
  const [name, next = '', ...rest] = names;
  if (name === undefined) return '';
  if (name === 'properties') return `.${next}${writeInner(rest)}`;
  if (name === 'patternProperties') return `./${next}/${writeInner(rest)}`;
  if (/^\d+$/.test(next)) return `(${name} ${Number(next) + 1})${writeInner(rest)}`;
  const word = { items: '[]', additionalProperties: '.*', contentSchema: '(as JSON)' }[name] ?? `(${name})`;
  return word + writeInner(names.slice(1));
}
