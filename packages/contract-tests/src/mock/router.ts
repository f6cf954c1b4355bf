import type { Operation } from '../document/operations.ts';

export type Route =
  | { found: 'operation'; operation: Operation }
  | { found: 'path'; methods: string[] }
  | { found: 'nothing' };

/** Finds operations by method and path. A path without variables goes before one with: `/model-configs/serialize`. */
export function createRouter(operations: Operation[]): (method: string, path: string) => Route {
  const templates = Map.groupBy(operations, ({ path }) => path);
  const patterns = [...templates.entries()]
    .map(([path, ofPath]) => ({ pattern: toPattern(path), variables: path.split('{').length - 1, ofPath }))
    .toSorted((a, b) => a.variables - b.variables);
  return (method, path) => {
    const match = patterns.find(({ pattern }) => pattern.test(path));
    if (!match) return { found: 'nothing' };
    const operation = match.ofPath.find((one) => one.method === method);
    return operation
      ? { found: 'operation', operation }
      : { found: 'path', methods: match.ofPath.map((one) => one.method) };
  };
}

function toPattern(path: string): RegExp {
  const parts = path.split(/\{[^}]+\}/).map((literal) => RegExp.escape(literal));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}
