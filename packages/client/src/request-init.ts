import type { Init } from './core.ts';
import { HumanloopError } from './errors.ts';
import type { Operation } from './operation.ts';

/**
 * Sorts a flat request into path, query and body.
 *
 * @throws {HumanloopError} code "invalid-request", when it cannot be sent as it is
 */
export function createInit(
  { method, path, query, body }: Operation,
  request: object = {},
): Pick<Init, 'params' | 'body'> {
  const invalid = (message: string): never => {
    throw new HumanloopError(`${method} ${path}: ${message}`, { code: 'invalid-request' });
  };
  if (typeof request !== 'object' || request === null) invalid('the request must be an object');
  if (Array.isArray(request)) {
    if (!body?.includes('list')) invalid('the request must be an object, not an array');
    return { body: request };
  }
  const params = { path: {} as Record<string, unknown>, query: {} as Record<string, unknown> };
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request)) {
    // Requests leave out what they do not set.
    if (value === undefined) continue;
    if (path.includes(`{${name}}`)) params.path[name] = value;
    else if (query?.includes(name)) params.query[name] = value;
    else if (!body) invalid(`\`${name}\` is no parameter`);
    else fields[name] = value;
  }
  if (!body) return { params };
  const isList = body.includes('list') && Array.isArray(fields['body']);
  const beside = Object.keys(fields).find((name) => isList && name !== 'body');
  if (beside) invalid(`\`${beside}\` cannot stand beside a list in \`body\``);
  return { params, body: isList ? fields['body'] : fields };
}
