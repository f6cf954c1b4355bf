import { nameOf, type Schema } from './document.ts';
import { friendlyName } from './names.ts';

/**
 * A schema as a TypeScript type, by the friendly names of the schemas it refers to.
 *
 * @param where - says whose schema this is, for the error.
 * @throws {Error} for a schema with a structure of its own: such a schema gets a name under components/schemas.
 */
export function typeExpression(schema: Schema, where: string): string {
  if (schema.$ref !== undefined) return friendlyName(nameOf(schema.$ref));
  if (schema.anyOf !== undefined) return schema.anyOf.map((branch) => typeExpression(branch, where)).join(' | ');
  if (schema.type === 'array' && schema.items !== undefined) {
    const item = typeExpression(schema.items, where);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === 'string' && schema.enum === undefined) return 'string';
  if (Object.keys(schema).every((key) => key === 'description')) return 'unknown';
  throw new Error(`${where}: give this schema a name under components/schemas.`);
}

/** The names in a type expression, which have to be imported. */
export function referencedNames(expression: string): string[] {
  return expression.match(/\b[A-Z]\w*/g) ?? [];
}
