/**
 * The name under which people import a schema.
 *
 * Most schemas keep the name that the document gives them. Names that v4's framework made up are turned round:
 * `PaginatedData_LogResponse_` → `LogPage`, `Body_ModelConfigs_deserialize` → `DeserializeModelConfigRequest`.
 *
 * @throws {Error} for any other name that is not in PascalCase.
 */
export function friendlyName(schemaName: string): string {
  const page = /^PaginatedData_([A-Za-z]+?)(?:Response)?_$/.exec(schemaName)?.[1];
  if (page !== undefined) return `${page}Page`;
  const [, resource, method] = /^Body_([A-Za-z]+)_([A-Za-z]+)$/.exec(schemaName) ?? [];
  if (resource !== undefined && method !== undefined) {
    return `${capitalise(method)}${resource.replace(/s$/, '')}Request`;
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(schemaName)) {
    throw new Error(`The schema ${schemaName} needs a name in PascalCase, or a rule in friendlyName.`);
  }
  return schemaName;
}

/**
 * Makes sure that no two things are exported under one name.
 *
 * @param things - what is exported: a word for it, and its name.
 * @throws {Error} for the first name that occurs twice.
 */
export function checkNames(things: Iterable<readonly [thing: string, name: string]>): void {
  const taken = new Map<string, string>();
  for (const [thing, name] of things) {
    const other = taken.get(name);
    if (other !== undefined) throw new Error(`${other} and ${thing} would both be called ${name}; rename one of them.`);
    taken.set(name, thing);
  }
}

/** The name of an operation's flat request: `Chats_create` → `ChatsCreateParams`. */
export function paramsName(operation: { resource: string; name: string }): string {
  return `${operation.resource}${capitalise(operation.name)}Params`;
}

/** The name of a resource as a property of the client: `ModelConfigs` → `modelConfigs`. */
export function propertyName(resource: string): string {
  return resource.slice(0, 1).toLowerCase() + resource.slice(1);
}

function capitalise(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
