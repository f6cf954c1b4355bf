import { isNode, type Context, type Location, type Node, type Resolve, type Rule } from './redocly-types.ts';

/** What a stream may look like, whatever was asked for. */
export const examplesWithoutRequest = ['many-scripts', 'crlf-and-comments', 'error-in-mid-stream'];
const requiredExamples = ['one-sample', 'two-samples', 'tool-call', ...examplesWithoutRequest];

/**
 * An operation with `stream` in its body answers with JSON or with a stream of events: the stream says what an event is
 * (`itemSchema`), and its examples show each thing that a reader has to cope with.
 */
export const streaming: Rule = () => ({
  Operation: {
    leave(operation, { location, report, resolve }) {
      const at = (node: Node, ...path: string[]) => follow(node, path, location.source.absoluteRef, resolve);
      const body = at(operation, 'requestBody', 'content', 'application/json', 'schema', 'properties');
      if (body?.stream === undefined) return;
      const place = location.child(['responses', '200', 'content']);
      const content = at(operation, 'responses', '200', 'content') ?? {};
      if (!isNode(content['application/json']))
        report({ message: 'The answer without a stream is missing.', location: place });
      const stream = content['text/event-stream'];
      if (!isNode(stream)) return report({ message: 'The answer as text/event-stream is missing.', location: place });
      checkStream(stream, place.child('text/event-stream'), report);
    },
  },
});

function checkStream(stream: Node, location: Location, report: Context['report']): void {
  if (!isNode(stream.itemSchema)) report({ message: 'The stream needs an itemSchema.', location: location.key() });
  const examples = isNode(stream.examples) ? stream.examples : {};
  const missing = requiredExamples.filter((name) => !(name in examples));
  if (missing.length > 0) {
    report({ message: `The stream lacks the examples ${missing.join(', ')}.`, location: location.key() });
  }
}

/** Walks down from a node, over references; undefined when something on the way is missing. */
function follow(start: Node, path: string[], file: string, resolve: Resolve): Node | undefined {
  let node: unknown = start;
  let from = file;
  for (const name of [undefined, ...path]) {
    if (!isNode(node)) return undefined;
    if (name !== undefined) node = node[name];
    while (isNode(node) && typeof node.$ref === 'string') {
      const target = resolve(node, from);
      from = target.location?.source.absoluteRef ?? from;
      node = target.node;
    }
  }
  return isNode(node) ? node : undefined;
}
