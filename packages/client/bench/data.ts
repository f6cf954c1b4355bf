/** The bytes that all contestants read: a chat experiment's events, as the document shows them. */
export interface Scenario {
  readonly title: string;
  readonly events: number;
  readonly chunks: () => Uint8Array[];
  /** Streams a process: the first ones are slower, because Node has not compiled the code yet. */
  readonly rounds: number;
  readonly http?: true;
}

const encoder = new TextEncoder();

function event(output: string, finish_reason: string | null): string {
  const message = {
    role: 'assistant',
    content: output,
    name: null,
    tool_call_id: null,
    tool_calls: null,
    tool_call: null,
  };
  const sample = {
    id: 'data_1tGmYc7KpXw4ZqLvN8sBd',
    index: 0,
    output,
    raw_output: output,
    inputs: null,
    finish_reason,
    model_config_id: 'config_5hUq9XzWc2LkVb7NdTyPe',
    tool_results: null,
    messages: null,
    tool_call: null,
    tool_calls: null,
    output_message: message,
  };
  const envelope = {
    project_id: 'pr_3usCu3dAkgrXTlufrvPs7',
    num_samples: 1,
    data: [sample],
    usage: null,
    provider_responses: [],
  };
  return `data: ${JSON.stringify(envelope)}\n\n`;
}

function events(count: number): string[] {
  return Array.from({ length: count }, (_, index) => event(` word${index}`, index === count - 1 ? 'stop' : null));
}

function split(text: string, size: number): Uint8Array[] {
  const bytes = encoder.encode(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  );
}

export const scenarios: Record<string, Scenario> = {
  many: {
    title: '200,000 events, 16 KB chunks',
    events: 200_000,
    rounds: 8,
    chunks: () => split(events(200_000).join(''), 16_384),
  },
  single: {
    title: '50,000 events, one a chunk',
    events: 50_000,
    rounds: 8,
    chunks: () => events(50_000).map((text) => encoder.encode(text)),
  },
  big: {
    title: 'one event of 20 MB, 1,400-byte chunks',
    events: 1,
    rounds: 8,
    chunks: () => split(event('x'.repeat(20_000_000 / 3), 'stop'), 1400),
  },
  http: {
    title: '50,000 events over loopback HTTP',
    events: 50_000,
    rounds: 8,
    chunks: () => split(events(50_000).join(''), 16_384),
    http: true,
  },
};
