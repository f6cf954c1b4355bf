import { readFileSync, writeFileSync } from 'node:fs';

/** The bytes that all contestants read: a chat experiment's events, as the document shows them. */
export interface Scenario {
  readonly title: string;
  readonly events: number;
  /** The text of one piece. */
  readonly output: (index: number) => string;
  /** Size of a chunk; left out, each event is a chunk. */
  readonly chunkBytes?: number;
  /** Streams a process: the first ones are slower, because Node has not compiled the code yet. */
  readonly rounds: number;
  readonly http?: true;
}

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

/** Writes the events of a scenario, so that the process that is measured has not made them. */
export function writeScenario({ events, output }: Scenario, file: string, named: boolean): void {
  const name = named ? 'event: completion\n' : '';
  const parts = Array.from(
    { length: events },
    (_, index) => name + event(output(index), index === events - 1 ? 'stop' : null),
  );
  writeFileSync(file, parts.join(''));
}

/** The chunks of a scenario, each a part of the file's bytes. */
export function readChunks({ chunkBytes }: Scenario, file: string): Uint8Array[] {
  const bytes = readFileSync(file);
  const chunks: Uint8Array[] = [];
  for (let start = 0, end; start < bytes.length; start = end) {
    end = chunkBytes ? start + chunkBytes : bytes.indexOf('\n\n', start) + 2;
    chunks.push(bytes.subarray(start, end));
  }
  return chunks;
}

const word = (index: number): string => ` word${index}`;

export const scenarios: Record<string, Scenario> = {
  many: { title: '200,000 events, 16 KB chunks', events: 200_000, output: word, chunkBytes: 16_384, rounds: 8 },
  single: { title: '50,000 events, one a chunk', events: 50_000, output: word, rounds: 8 },
  big: {
    title: 'one event of 20 MB, 1,400-byte chunks',
    events: 1,
    output: () => 'x'.repeat(20_000_000 / 3),
    chunkBytes: 1400,
    rounds: 8,
  },
  http: {
    title: '50,000 events over loopback HTTP',
    events: 50_000,
    output: word,
    chunkBytes: 16_384,
    rounds: 8,
    http: true,
  },
};
