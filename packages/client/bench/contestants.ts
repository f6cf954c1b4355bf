/** Reads one stream to its end and counts its events. `baseUrl` answers every request with the scenario's bytes. */
export type Contestant = (baseUrl: string) => Promise<number>;

type Events = AsyncIterable<unknown>;
type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

const messages = [{ role: 'user', content: 'hello' }];

/** The peers are installed here only, so their types are not there for everybody: what is used of them is written out. */
async function load(name: string): Promise<unknown> {
  return import(name);
}

async function count(events: Events): Promise<number> {
  let seen = 0;
  for await (const _ of events) seen++;
  return seen;
}

async function fetchBody(url: string): Promise<Body> {
  const { body } = await fetch(url, { method: 'POST' });
  return body as Body;
}

/** Each is loaded only when it runs, so that memory is its own; `bundle` is what a page would import of it. */
export const contestants: Record<string, { title: string; bundle?: string; load: () => Promise<Contestant> }> = {
  floor: {
    title: 'floor: reader loop, decoder, JSON.parse',
    load: async () => async (baseUrl) => {
      const reader = (await fetchBody(`${baseUrl}/chat`)).getReader();
      const decoder = new TextDecoder();
      let pending: string[] = [];
      let events = 0;
      for (;;) {
        const { value } = await reader.read();
        if (!value) return events;
        const text = decoder.decode(value, { stream: true });
        pending.push(text);
        // Joined where a line ends, or the floor itself would be quadratic for the big event.
        if (!text.includes('\n')) continue;
        const buffer = pending.join('');
        let start = 0;
        for (let end; (end = buffer.indexOf('\n\n', start)) !== -1; start = end + 2) {
          JSON.parse(buffer.slice(start + 6, end));
          events++;
        }
        pending = [buffer.slice(start)];
      }
    },
  },
  ours: {
    title: '@humanloop-v4/client',
    bundle: `export { Humanloop } from '../dist/index.js'`,
    load: async () => {
      const { Humanloop } = (await load('../dist/index.js')) as {
        Humanloop: new (options: object) => { chats: { createStream(request: object): Promise<Events> } };
      };
      return async (baseUrl) => {
        const { chats } = new Humanloop({ baseUrl, apiKey: 'k' });
        return count(await chats.createStream({ project: 'p', messages, model_config: { model: 'm' } }));
      };
    },
  },
  openai: {
    title: 'openai 7.57',
    bundle: `export { OpenAI } from 'openai'`,
    load: async () => {
      const { OpenAI } = (await load('openai')) as {
        OpenAI: new (options: object) => { chat: { completions: { create(request: object): Promise<Events> } } };
      };
      return async (baseURL) => {
        const { chat } = new OpenAI({ apiKey: 'k', baseURL });
        return count(await chat.completions.create({ model: 'm', messages, stream: true }));
      };
    },
  },
  anthropic: {
    title: '@anthropic-ai/sdk 1.12 (its Stream; events named)',
    bundle: `export { Anthropic } from '@anthropic-ai/sdk'`,
    load: async () => {
      const { Stream } = (await load('@anthropic-ai/sdk/core/streaming')) as {
        Stream: { fromSSEResponse(response: Response, controller: AbortController): Events };
      };
      return async (baseUrl) =>
        count(Stream.fromSSEResponse(new Response(await fetchBody(`${baseUrl}/chat`)), new AbortController()));
    },
  },
  recipe: {
    title: 'openapi-fetch + EventSourceParserStream',
    bundle: `export { default } from 'openapi-fetch'; export * from 'eventsource-parser/stream'`,
    load: async () => {
      const { default: createClient } = (await load('openapi-fetch')) as {
        default: (options: object) => { POST(path: string, init: object): Promise<{ data: Body }> };
      };
      const { EventSourceParserStream } = (await load('eventsource-parser/stream')) as {
        EventSourceParserStream: new () => ReadableWritablePair<{ data: string }, string>;
      };
      return async (baseUrl) => {
        const client = createClient({ baseUrl, fetch: (request: Request) => fetch(request) });
        const { data } = await client.POST('/chat', { parseAs: 'stream' });
        let events = 0;
        for await (const event of data
          .pipeThrough(new TextDecoderStream())
          .pipeThrough(new EventSourceParserStream())) {
          JSON.parse(event.data);
          events++;
        }
        return events;
      };
    },
  },
  vercel: {
    title: 'Vercel provider-utils 5.0',
    bundle: `export * from '@ai-sdk/provider-utils'`,
    load: async () => {
      const { parseJsonEventStream } = (await load('@ai-sdk/provider-utils')) as {
        parseJsonEventStream: (options: object) => Events;
      };
      const { z } = (await load('zod')) as { z: { any(): unknown } };
      const schema = z.any();
      return async (baseUrl) => count(parseJsonEventStream({ stream: await fetchBody(`${baseUrl}/chat`), schema }));
    },
  },
  humanloop8: {
    title: 'humanloop 0.8.20 (its Stream)',
    bundle: `export { HumanloopClient } from 'humanloop'`,
    load: async () => {
      const { Stream } = (await load('humanloop/core/streaming-fetcher/Stream.js')) as {
        Stream: new (options: object) => Events;
      };
      const eventShape = { type: 'sse', streamTerminator: '[DONE]' };
      const parse = async (value: unknown): Promise<unknown> => value;
      return async (baseUrl) => count(new Stream({ stream: await fetchBody(`${baseUrl}/chat`), parse, eventShape }));
    },
  },
  humanloop5: {
    title: 'humanloop 0.5.36',
    bundle: `export { Humanloop } from 'humanloop-0.5'`,
    load: async () => {
      const { Humanloop } = (await load('humanloop-0.5')) as {
        Humanloop: new (options: object) => { chatStream(request: object): Promise<{ data: Events }> };
      };
      return async (basePath) => {
        const client = new Humanloop({ apiKey: 'k', basePath, openaiApiKey: 'k' });
        // It writes its events as JSON texts without a delimiter: one chunk is one event.
        const { data } = await client.chatStream({ project: 'p', messages, model_config: { model: 'm' } });
        return count(data);
      };
    },
  },
};
