import { describe, expect, it } from 'vitest';
import { createClient, Humanloop } from '../src/index.ts';
import { type Attributes, createTelemetry, type Tracer } from '../src/otel.ts';
import { collect, failureOf, piece, sse, stream } from './support/events.ts';
import { type Handler, sendEvents, sendJson, startServer } from './support/server.ts';

interface Recorded {
  name: string;
  attributes: Attributes;
  events: string[];
  status?: { code: number; message?: string };
  ended: boolean;
}

async function setUp(handler: Handler) {
  const spans: Recorded[] = [];
  const tracer: Tracer = {
    startSpan(name, { attributes }) {
      const span: Recorded = { name, attributes: { ...attributes }, events: [], ended: false };
      spans.push(span);
      return {
        setAttributes: (more) => Object.assign(span.attributes, more),
        setStatus: (status) => Object.assign(span, { status }),
        addEvent: (event) => span.events.push(event),
        end: () => Object.assign(span, { ended: true }),
      };
    },
  };
  const { baseUrl } = await startServer(handler);
  return { spans, humanloop: new Humanloop({ baseUrl, apiKey: 'key', observe: createTelemetry(tracer) }) };
}

describe('telemetry', () => {
  it('a span of a stream ends when the stream has been read, with finish reasons and usage', async () => {
    const { spans, humanloop } = await setUp(async (_, response) => {
      const last = { ...piece('b', 'stop'), usage: { prompt_tokens: 3, generation_tokens: 2 } };
      await sendEvents(response, [sse(piece('secret'), last)]);
      response.end();
    });
    const result = await humanloop.chats.createStream({
      project: 'p',
      messages: [],
      model_config: { model: 'gpt-4o' },
    });
    expect(spans[0]).toMatchObject({ name: 'chat gpt-4o', ended: false });
    await collect(result);
    expect(spans[0]).toMatchObject({
      ended: true,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.id': 'data_0',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 2,
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
        'humanloop.completed': true,
      },
    });
    expect(JSON.stringify(spans)).not.toContain('secret');
  });

  it('counts that the server does not know are left out', async () => {
    const { spans, humanloop } = await setUp((_, response) =>
      sendJson(response, 200, { data: [], usage: { prompt_tokens: 3, generation_tokens: null } }),
    );
    await humanloop.completions.createDeployed({ project: 'p' });
    expect(spans[0]).toMatchObject({ attributes: { 'gen_ai.usage.input_tokens': 3 } });
    expect(spans[0]).not.toHaveProperty(['attributes', 'gen_ai.usage.output_tokens']);
  });

  it('a failure is the status of its span, and retries are events', async () => {
    const { spans, humanloop } = await setUp((_, response) => sendJson(response, 503, {}, { 'Retry-After': '0' }));
    await failureOf(humanloop.sessions.get({ id: 'a' }));
    expect(spans).toMatchObject([
      {
        name: 'GET /sessions/{id}',
        events: ['retry', 'retry'],
        status: { code: 2, message: 'ServiceUnavailableError' },
        attributes: { 'error.type': 'service-unavailable' },
        ended: true,
      },
    ]);
  });

  it('telemetry of a client by path knows no outputs, and names the default port', async () => {
    const attributes: object[] = [];
    const span = {
      setAttributes: (more: object) => attributes.push(more),
      setStatus: () => {},
      addEvent: () => {},
      end: () => {},
    };
    const observe = createTelemetry({
      startSpan: (name, options) => {
        attributes.push({ name, ...options.attributes });
        return span;
      },
    });
    const client = createClient({
      baseUrl: 'https://x.test',
      apiKey: 'k',
      fetch: async () => new Response(stream('a'), { headers: { 'Content-Type': 'text/event-stream' } }),
      observe,
    });
    await collect(await client.STREAM('/completion-deployed', { body: { project: 'p', num_samples: 1 } }));
    expect(Object.assign({}, ...attributes)).toMatchObject({
      name: 'text_completion /completion-deployed',
      'server.port': 443,
      'gen_ai.request.choice.count': 1,
      'humanloop.completed': true,
    });
  });
});
