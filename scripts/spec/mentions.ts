/** Finds what people wrote about operations: to tell them, after a change of the document, which lines it made wrong. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { asObject, asText, isObject, type JsonObject } from './json.ts';

/** A place that names an operation. */
export interface Mention {
  /** `packages/client/README.md:12` */
  place: string;
  /** As it is written: `Chats_create`, `POST /chat`, `/v4/chat`, `chats.createStream`. */
  name: string;
}

/** Written by hand, and about the document as it is: neither made by a tool, nor of an earlier day, nor invented. */
const patterns = [
  '*.md',
  '*.ts',
  'openapi/*.yaml',
  'openapi/paths/*.yaml',
  'openapi/schemas/*.yaml',
  'openapi/test/*.yaml',
];
const left = [
  /(^|\/)CHANGELOG\.md$/,
  /\/generated\//,
  /^docs\/decisions\//,
  /^\.changeset\//,
  // Tests of tools, which invent and remove operations.
  /^scripts\/(spec|test|release-test)\//,
  /^openapi\/test\/(rules|v4-facts)/,
];
/** What tests invent. */
const invented = /^(AddedHere|Colours|Notes|Renamed|Resource|StickyNotes|Things)_|_nothing$/;

/**
 * The places that name an operation which the document does not have.
 *
 * @param document - the bundled document.
 * @param root - folder of the repository.
 */
export function findStaleMentions(document: JsonObject, root: string): Mention[] {
  const known = new Known(document);
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  }).split('\0');
  return files
    .filter((file) => file !== '' && !left.some((pattern) => pattern.test(file)) && existsSync(path.join(root, file)))
    .flatMap((file) =>
      mentions(readFileSync(path.join(root, file), 'utf8'), file).filter(({ name }) => !known.has(name)),
    );
}

/** One sentence for each operation that is gone, with the places that name it. */
export function describeStaleMentions(mentions: Mention[]): string[] {
  return [...Map.groupBy(mentions, ({ name }) => name)].map(
    ([name, places]) => `${name} is not in the document any more, but named in ${joinPlaces(places)}`,
  );
}

/** `a.ts:1, 5, b.md:3` */
function joinPlaces(mentions: Mention[]): string {
  const files = Map.groupBy(mentions, ({ place }) => place.replace(/:\d+$/, ''));
  return [...files]
    .map(([file, places]) => `${file}:${places.map(({ place }) => place.slice(file.length + 1)).join(', ')}`)
    .join('; ');
}

/** Pages that describe the document. */
const descriptions = ['README.md', 'openapi/README.md', 'packages/types/README.md', 'packages/client/README.md'];

/**
 * Places that say how many paths and operations there are, and are wrong.
 *
 * @param pages - Markdown files, from the root of the repository; default those that describe the document.
 */
export function findWrongCounts(document: JsonObject, root: string, pages = descriptions): string[] {
  const paths = Object.values(asObject(document['paths'])).map(asObject);
  const operations = paths.flatMap((item) => Object.values(item)).filter(isObject);
  const streaming = operations.filter((operation) => JSON.stringify(operation).includes('"text/event-stream"'));
  const counts: [RegExp, number][] = [
    [/\b(\d+) paths\b/g, paths.length],
    [/\b(\d+) operations\b/g, operations.length],
    [/\b(\d+) of which stream\b/g, streaming.length],
  ];
  return pages.flatMap((page) =>
    readFileSync(path.join(root, page), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        counts.flatMap(([pattern, count]) =>
          [...line.matchAll(pattern)]
            .filter((match) => Number(match[1]) !== count)
            .map((match) => `${page}:${index + 1} says "${match[0]}"; the document has ${count}`),
        ),
      ),
  );
}

/** Reads a text: ids anywhere; methods with paths, addresses and calls where people read them, as code has its types. */
function mentions(text: string, file: string): Mention[] {
  const isProse = !file.endsWith('.ts');
  return text.split('\n').flatMap((line, index) => {
    const found = [
      ...line.matchAll(/(?<![\w.])([A-Z][A-Za-z]+_[a-z][A-Za-z]+)(?![\w*])/g),
      ...(isProse ? line.matchAll(/\b((?:GET|POST|PATCH|PUT|DELETE) \/[a-z][\w/{}-]*)(?![\w/*])/g) : []),
      ...(isProse ? line.matchAll(/:\d+(\/v4\/[a-z][\w/{}-]*)/g) : []),
      ...(isProse ? line.matchAll(/\b(?<!@)((?:humanloop|client)\.[a-z][A-Za-z]+\.[a-z][A-Za-z]+)\(/g) : []),
    ];
    const names = new Set(found.flatMap((match) => match[1] ?? []).filter((name) => !invented.test(name)));
    return [...names].map((name) => ({ place: `${file}:${index + 1}`, name }));
  });
}

/** The names by which the document's operations are known. */
class Known {
  readonly #names = new Set<string>();
  readonly #paths: RegExp[] = [];

  constructor(document: JsonObject) {
    for (const [template, item] of Object.entries(asObject(document['paths']))) {
      for (const [method, operation] of Object.entries(asObject(item))) {
        if (!isObject(operation)) continue;
        this.#paths.push(new RegExp(`^/v4${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`));
        const id = asText(operation['operationId']);
        const [resource = '', name = ''] = id.split('_');
        const call = `${resource.slice(0, 1).toLowerCase()}${resource.slice(1)}.${name}`;
        for (const known of [id, `${method.toUpperCase()} ${template}`, call, `${call}Stream`]) this.#names.add(known);
      }
    }
  }

  has(name: string): boolean {
    if (name.startsWith('/v4/')) return this.#paths.some((pattern) => pattern.test(name));
    return this.#names.has(name.replace(/^(humanloop|client)\./, ''));
  }
}
