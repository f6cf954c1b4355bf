import { isRecord } from '../src/document/document.ts';

type Row = Record<string, unknown>;

const held = ['model', 'provider', 'endpoint', 'temperature', 'max_tokens', 'top_p'];

/** A model config as the text of a `.prompt` file. Texts are written in JSON, which is YAML, too. */
export function writePrompt(config: Row): string {
  const header = held.flatMap((name) => (name in config ? [`${name}: ${JSON.stringify(config[name])}`] : []));
  const messages = Array.isArray(config['chat_template']) ? config['chat_template'].filter(isRecord) : [];
  const body =
    typeof config['prompt_template'] === 'string'
      ? [config['prompt_template']]
      : messages.flatMap(({ role, content }) => [`<${String(role)}>`, `  ${String(content)}`, `</${String(role)}>`]);
  return ['---', ...header, '---', ...body, ''].join('\n');
}

/** The reverse, for what `writePrompt` writes; undefined for another text. */
export function readPrompt(text: string): Row | undefined {
  const [, header, body] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];
  if (header === undefined || body === undefined) return undefined;
  const entries = header.split('\n').map((line) => {
    const [name = '', ...value] = line.split(': ');
    return [name, JSON.parse(value.join(': '))] as const;
  });
  const blocks = [...body.matchAll(/<(\w+)>\n {2}([^]*?)\n<\/\1>/g)];
  const messages = blocks.map(([, role, content]) => ({ role, content }));
  return {
    ...Object.fromEntries(entries),
    chat_template: messages.length > 0 ? messages : null,
    prompt_template: messages.length > 0 ? null : body,
  };
}
