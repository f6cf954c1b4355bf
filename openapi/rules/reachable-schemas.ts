import { subschemas } from '../src/document.ts';
import { isNode, type Location, type Node, type Resolve } from './redocly-types.ts';

export interface ReachedSchema {
  schema: Node;
  location: Location;
  /** Whether it is one of the choices beside `UnknownEnumValue` or any string, so that other values are accepted, too. */
  isOpen: boolean;
}

/**
 * The schemas of all JSON values that an answer can carry, each once, over all references: those of a JSON body, and
 * those of the JSON text inside the items of a sequence (the items themselves are lines of text, not JSON objects).
 */
export function* schemasOfAnswer(
  mediaType: Node,
  location: Location,
  resolve: Resolve,
  seen: Set<string>,
): Generator<ReachedSchema> {
  yield* reachableSchemas(mediaType.schema, location.child('schema'), resolve, seen);
  for (const item of reachableSchemas(mediaType.itemSchema, location.child('itemSchema'), resolve, seen)) {
    const { contentSchema } = item.schema;
    yield* reachableSchemas(contentSchema, item.location.child('contentSchema'), resolve, seen);
  }
}

function* reachableSchemas(
  schema: unknown,
  location: Location,
  resolve: Resolve,
  seen: Set<string>,
  isOpen = false,
): Generator<ReachedSchema> {
  if (!isNode(schema)) return;
  const place = `${location.absolutePointer} ${isOpen ? 'open' : ''}`;
  if (seen.has(place)) return;
  seen.add(place);
  yield { schema, location, isOpen };

  if (typeof schema.$ref === 'string') {
    const target = resolve(schema, location.source.absoluteRef);
    if (target.location) yield* reachableSchemas(target.node, target.location, resolve, seen, isOpen);
  }
  for (const { path, schema: child } of subschemas(schema)) {
    const [keyword = ''] = path;
    if (keyword === 'contentSchema') continue; // the schema of text within a string, not of a value
    const siblings = schema[keyword];
    const isChoice = (keyword === 'anyOf' || keyword === 'oneOf') && Array.isArray(siblings);
    const isChildOpen = isChoice && siblings.some(admitsAnyString);
    yield* reachableSchemas(child, location.child(path), resolve, seen, isChildOpen);
  }
}

/** `UnknownEnumValue`, or a string that v4 itself leaves free. */
function admitsAnyString(schema: unknown): boolean {
  if (!isNode(schema)) return false;
  if (typeof schema.$ref === 'string') return schema.$ref.endsWith('/UnknownEnumValue');
  return schema.type === 'string' && ['enum', 'const', 'pattern', 'format'].every((keyword) => !(keyword in schema));
}
