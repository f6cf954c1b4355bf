import { asObject, asText, type JsonObject } from '../json.ts';
import { checkReferences, externalReferences, UsageError } from '../read-document.ts';
import { references } from '../references.ts';
import { SpecDocument } from '../spec-document.ts';
import { listImported } from './imported.ts';

/**
 * Refuses a document that cannot become ours, before anything is written.
 *
 * @throws {UsageError} one message that names every place.
 */
export function checkImported(document: JsonObject, source: string): void {
  if (typeof document['openapi'] !== 'string') {
    throw new UsageError(`${source}: \`openapi\` is the number ${asText(document['openapi'])}; put it in quotes.`);
  }
  const external = externalReferences(document);
  if (external.length > 0) {
    const list = external.map(({ reference, pointer }) => `  ${reference} (at #${pointer})`).join('\n');
    throw new UsageError(`${source} refers to other files or to nothing; bundle it into one file first:\n${list}`);
  }
  checkReferences(document, source);
  const circles = findCircles(document);
  if (circles.length > 0) throw new UsageError(`${source} has references that lead in a circle: ${circles.join(', ')}`);
  if (Object.keys(asObject(document['paths'])).length === 0) throw new UsageError(`${source} has no paths.`);
  const methods = new Map<string, string>();
  for (const { id, path, method } of listImported(document).values()) {
    const name = `${method.toUpperCase()} ${path}`;
    if (id === '') throw new UsageError(`${source}: ${name} has no operationId.`);
    // Letter case and separators get lost when an id becomes a method of the client.
    const key = id.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
    const other = methods.get(key);
    if (other !== undefined) {
      const [otherId] = other.split(' ');
      throw new UsageError(
        otherId === id
          ? `${source}: the operationId ${id} stands twice, at ${other.slice(id.length + 1)} and at ${name}.`
          : `${source}: ${other} and ${id} ${name} would make the same method of the client; rename one.`,
      );
    }
    methods.set(key, `${id} ${name}`);
  }
}

/** References that lead to nothing but references. */
function findCircles(document: JsonObject): string[] {
  const spec = new SpecDocument(document);
  const circles = [...references(document)].filter(({ reference, pointer }) => {
    const seen = new Set<string>();
    let from = pointer;
    for (let next: unknown = reference; typeof next === 'string';) {
      const target = spec.resolve(next, from);
      if (seen.has(target.pointer)) return true;
      seen.add(target.pointer);
      from = target.pointer;
      // With a keyword beside it, a reference says more than where it leads.
      const keywords = asObject(target.value);
      next = Object.keys(keywords).length === 1 ? keywords['$ref'] : undefined;
    }
    return false;
  });
  return [...new Set(circles.map(({ reference }) => reference))];
}
