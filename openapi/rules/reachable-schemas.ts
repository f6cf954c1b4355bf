import { childNodes, isNode, type Location, type Node, type Resolve } from './redocly-types.ts';

/** Keywords whose value is a schema, a list of schemas, or a map of schemas. */
const oneSchema = ['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else', 'propertyNames'];
const listOfSchemas = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const mapOfSchemas = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];

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
  for (const keyword of oneSchema) {
    yield* reachableSchemas(schema[keyword], location.child(keyword), resolve, seen);
  }
  for (const keyword of listOfSchemas) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    const isChoiceOpen = branches.some(admitsAnyString);
    for (const [index, branch] of branches.entries()) {
      yield* reachableSchemas(branch, location.child([keyword, index]), resolve, seen, isChoiceOpen);
    }
  }
  for (const keyword of mapOfSchemas) {
    for (const [name, child] of childNodes(schema[keyword])) {
      yield* reachableSchemas(child, location.child([keyword, name]), resolve, seen);
    }
  }
}

/** `UnknownEnumValue`, or a string that v4 itself leaves free. */
function admitsAnyString(schema: unknown): boolean {
  if (!isNode(schema)) return false;
  if (typeof schema.$ref === 'string') return schema.$ref.endsWith('/UnknownEnumValue');
  return schema.type === 'string' && ['enum', 'const', 'pattern', 'format'].every((keyword) => !(keyword in schema));
}
