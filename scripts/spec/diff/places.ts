import { asObject, pointerTokens } from '../json.ts';

/**
 * A JSON pointer in words: `/components/schemas/ChatResponse/properties/data/items` → `ChatResponse.data[]`,
 * `/paths/~1chat/post/requestBody/content/application~1json/schema` → `POST /chat, request body (application/json)`.
 *
 * @param valueAt - looks into the document, so that parameters go by their name.
 */
export function describePointer(pointer: string, valueAt: (pointer: string) => unknown = () => undefined): string {
  const tokens = nameParameter(pointer, valueAt);
  if (tokens.length === 0) return 'the document';
  if (tokens[0] === 'components' && tokens.length > 2) {
    const [, section = '', name = '', ...rest] = tokens;
    return section === 'schemas' ? name + describeSchema(rest) : describeParts([singular(section), name], rest);
  }
  if ((tokens[0] === 'paths' || tokens[0] === 'webhooks') && tokens.length > 2) {
    const [section, path = '', method = '', ...rest] = tokens;
    const prefix = section === 'webhooks' ? 'webhook ' : '';
    if (method === 'parameters') return describeParts([prefix + path], ['parameters', ...rest]);
    return describeParts([`${prefix}${method.toUpperCase()} ${path}`], rest);
  }
  return tokens.join('.');
}

/** The tokens, with the position of a parameter replaced by its name. */
function nameParameter(pointer: string, valueAt: (pointer: string) => unknown): string[] {
  const tokens = pointerTokens(pointer);
  const [, list, index] = /^(\/paths\/[^/]+(?:\/[^/]+)?\/parameters\/)(\d+)/.exec(pointer) ?? [];
  if (list === undefined || index === undefined) return tokens;
  const name = asObject(valueAt(`${list}${index}`))['name'];
  const position = tokens.indexOf('parameters', 2) + 1;
  return tokens.with(position, typeof name === 'string' ? name : index);
}

/** Parts of an operation up to its schema, then the path within the schema. */
function describeParts(head: string[], tokens: string[]): string {
  const parts = [head.join(' ')];
  const queue = [...tokens];
  while (queue.length > 0) {
    const token = queue.shift() ?? '';
    if (token === 'requestBody') parts.push('request body');
    else if (token === 'responses') parts.push(`answer ${queue.shift() ?? ''}`);
    else if (token === 'parameters') parts.push(`parameter ${queue.shift() ?? ''}`);
    else if (token === 'headers') parts.push(`header ${queue.shift() ?? ''}`);
    else if (token === 'content') parts.push(queue.length > 0 ? `as ${queue.shift()}` : '');
    else if (token === 'callbacks') parts.push(`callback ${queue.shift() ?? ''}`);
    else if (token === 'schema' || token === 'itemSchema') {
      const rest = describeSchema(queue.splice(0)).replace(/^\./, '');
      parts.push([token === 'itemSchema' ? 'each item' : '', rest].filter(Boolean).join(': '));
    } else if (queue.length > 0 || !leaves.has(token)) parts.push(token);
  }
  return parts.filter((part) => part !== '').join(', ');
}

/** Keywords that hold no schema; a place ends before them, since `.age.maximum` would read as a property. */
const leaves = new Set(
  [
    'enum const default deprecated type format pattern required discriminator xml readOnly writeOnly',
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems',
    'minContains maxContains minProperties maxProperties dependentRequired contentMediaType contentEncoding',
    'title description example examples externalDocs',
  ].flatMap((keywords) => keywords.split(' ')),
);

/** The way through a schema: `.messages[].role`. */
function describeSchema(tokens: string[]): string {
  let words = '';
  const queue = [...tokens];
  while (queue.length > 0) {
    const token = queue.shift() ?? '';
    if (token === 'properties') words += `.${queue.shift() ?? ''}`;
    else if (token === 'items') words += '[]';
    else if (token === 'prefixItems') words += `[${queue.shift() ?? ''}]`;
    else if (token === 'additionalProperties') words += '.*';
    else if (['anyOf', 'oneOf', 'allOf'].includes(token)) queue.shift();
    else if (leaves.has(token)) break;
    else if (token === 'contentSchema') words += ' (as JSON)';
    else words += `.${token}`;
  }
  return words;
}

function singular(section: string): string {
  return section.replace(/ies$/, 'y').replace(/s$/, '');
}
