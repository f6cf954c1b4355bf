import { isText, onEntry, type DocumentMutation } from './mutation.ts';
import { streamExamples } from './places.ts';

/** Changes the text of a stream example, where that changes anything. */
function onStream(name: string, change: (text: string) => string): DocumentMutation {
  return onEntry(
    name,
    streamExamples,
    (holder, key) => {
      const example = holder[key] as { serializedValue: string };
      example.serializedValue = change(example.serializedValue);
    },
    (value) =>
      isText(value, 'serializedValue') && change(String(value['serializedValue'])) !== value['serializedValue'],
  );
}

/** The events as blocks of text, changed. */
function onBlocks(name: string, change: (blocks: string[]) => string[]): DocumentMutation {
  return onStream(name, (text) => {
    const end = text.includes('\r\n') ? '\r\n\r\n' : '\n\n';
    return change(text.split(end)).join(end);
  });
}

export const streamExampleMutations: DocumentMutation[] = [
  onStream('a stream example loses its last event', (text) => text.slice(0, text.trimEnd().lastIndexOf('data:'))),
  onStream('a stream example loses its last line end', (text) => text.trimEnd()),
  onStream('a stream example loses its last blank line', (text) => text.replace(/\r?\n$/, '')),
  onStream('a stream example is empty', () => ''),
  onStream('a stream example has no finish reason', (text) =>
    text.replace(/"finish_reason":"\w+"/, '"finish_reason":null'),
  ),
  onStream('a stream example has no finish reason at all', (text) =>
    text.replaceAll(/"finish_reason":"\w+"/g, '"finish_reason":null'),
  ),
  onStream('a finish reason comes with each event', (text) =>
    text.replaceAll('"finish_reason":null', '"finish_reason":"stop"'),
  ),
  onStream('a finish reason is another', (text) => text.replace('"finish_reason":"stop"', '"finish_reason":"length"')),
  onStream('a finish reason is unknown', (text) => text.replace(/"finish_reason":"\w+"/, '"finish_reason":7')),
  onStream('a stream example has LF for CRLF', (text) => text.replaceAll('\r\n', '\n')),
  onStream('a stream example has CRLF for LF', (text) =>
    text.includes('\r\n') ? text : text.replaceAll('\n', '\r\n'),
  ),
  onStream('a stream example has no comments', (text) => text.replaceAll(/^:.*$/gm, '')),
  onStream('an error event has no name', (text) => text.replace(/^event: error\r?\n/m, '')),
  onStream('an event has a name', (text) => text.replace(/^data:/m, 'event: delta\ndata:')),
  onStream('an event is broken', (text) => text.replace('"data":[', '"data":')),
  onStream('an event is no JSON', (text) => text.replace(/^data: .*$/m, 'data: garbage')),
  onStream('an event lacks output', (text) => text.replace('"output":', '"outputs":')),
  onStream('an output is null', (text) => text.replace(/"output":"[^"]+"/, '"output":null')),
  onStream('an output is missing', (text) => text.replace(/"output":"(?:[^"\\]|\\.)+"/, '"output":""')),
  onStream('an output is a number', (text) => text.replace(/"output":"[^"]*"/, '"output":7')),
  onStream('an index is a text', (text) => text.replace(/"index":\d+/, '"index":"0"')),
  onStream('an index is one too high', (text) =>
    text.replaceAll(/"index":(\d+)/g, (_, index: string) => `"index":${Number(index) + 1}`),
  ),
  onStream('two samples are one', (text) => text.replaceAll('"index":1', '"index":0')),
  onStream('a stream example says another number of samples', (text) =>
    text.replaceAll(/"num_samples":(\d+)/g, (_, count: string) => `"num_samples":${Number(count) + 1}`),
  ),
  onStream('a stream example is in ASCII', (text) => text.replaceAll(/[\u0080-\uFFFF]/g, '?')),
  onStream('all samples have one config', (text) => {
    const [first = ''] = /"model_config_id":"\w+"/.exec(text) ?? [];
    return text.replaceAll(/"model_config_id":"\w+"/g, first);
  }),
  onStream('all samples have one id', (text) => {
    const [first = ''] = /"id":"data_\w+"/.exec(text) ?? [];
    return text.replaceAll(/"id":"data_\w+"/g, first);
  }),
  onStream('there are no tool calls', (text) => text.replaceAll(/"tool_calls":\[[^\]]*\]/g, '"tool_calls":null')),
  onStream('a stream example ends in [DONE]', (text) => `${text}data: [DONE]\n\n`),
  onStream('a stream example begins with a BOM', (text) => `\uFEFF${text}`),
  onStream('data begins without a space', (text) => text.replaceAll(/^data: /gm, 'data:')),
  onBlocks('two events change places', (blocks) => [blocks[1] ?? '', blocks[0] ?? '', ...blocks.slice(2)]),
  onBlocks('the events come backwards', (blocks) => [...blocks.slice(0, -1).toReversed(), blocks.at(-1) ?? '']),
  onBlocks('an event comes twice', ([first = '', ...blocks]) => [first, first, ...blocks]),
  onBlocks('the last event comes first', (blocks) => [
    blocks.at(-2) ?? '',
    ...blocks.slice(0, -2),
    blocks.at(-1) ?? '',
  ]),
  onBlocks('an event in the middle is missing', (blocks) => blocks.toSpliced(2, 1)),
];
