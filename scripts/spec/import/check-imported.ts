import { asObject, type JsonObject } from '../json.ts';
import { checkReferences, externalReferences, UsageError } from '../read-document.ts';
import { listImported } from './imported.ts';

/**
 * Refuses a document that cannot become ours, before anything is written.
 *
 * @throws {UsageError} one message that names every place.
 */
export function checkImported(document: JsonObject, source: string): void {
  const external = externalReferences(document);
  if (external.length > 0) {
    const list = external.map(({ reference, pointer }) => `  ${reference} (at #${pointer})`).join('\n');
    throw new UsageError(`${source} refers to other files or to nothing; bundle it into one file first:\n${list}`);
  }
  checkReferences(document, source);
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
