import { readFile, writeFile } from 'node:fs/promises';

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** Path and query of the request. */
  readonly path: string;
  /** Body of the request, without `provider_api_keys`. */
  readonly body: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  /** The bytes of the answer, chunk by chunk. */
  readonly chunks: { readonly afterMs: number; readonly base64: string }[];
  /** Whether the body ended, broke, or was left by its reader. */
  end: 'closed' | 'broken' | 'left';
}

export async function readRecording(file: string): Promise<Exchange[]> {
  return JSON.parse(await readFile(file, 'utf8')) as Exchange[];
}

export async function writeRecording(file: string, exchanges: readonly Exchange[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(exchanges, null, 2)}\n`);
}
