import type { EventStream } from './event-stream.ts';
import type { Observer } from './observe.ts';
import type { Envelope } from './progress.ts';

/** What is used of an OpenTelemetry tracer; `trace.getTracer(…)` of `@opentelemetry/api` is one. */
export interface Tracer {
  startSpan(name: string, options: { kind: number; attributes: Attributes }): Span;
}

export interface Span {
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  addEvent(name: string, attributes?: Attributes): unknown;
  end(): void;
}

export type Attributes = Record<string, string | number | boolean | string[]>;

/** SpanKind.CLIENT and SpanStatusCode.ERROR of the API, which is no dependency. */
const CLIENT = 2;
const ERROR = 2;

/**
 * Makes an observer that makes a client span of each call, ending when the answer or the stream has been read.
 *
 * Generating calls follow the semantic conventions of generative AI. No prompts and no outputs are recorded.
 *
 * @example new Humanloop({ observe: createTelemetry(trace.getTracer('my-app')) })
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
export function createTelemetry(tracer: Tracer): Observer {
  const spans = new WeakMap<object, Span>();
  return (event) => {
    const { call } = event;
    if (event.type === 'start') spans.set(call, tracer.startSpan(...describe(call)));
    const span = spans.get(call);
    if (event.type === 'retry') {
      span?.addEvent('retry', { 'http.request.resend_count': event.retry, 'error.type': event.error.code });
    }
    if (event.type === 'response') span?.setAttributes({ 'http.response.status_code': event.response.status });
    if (event.type !== 'end') return;
    const { error, requestId, stream, completed } = event;
    const result = stream && 'current' in stream ? (stream as EventStream<Envelope>).current : event.result;
    span?.setAttributes({
      ...readResult(result),
      ...(requestId && { 'humanloop.request_id': requestId }),
      ...(stream?.stats.firstEventMs !== undefined && {
        'humanloop.time_to_first_event_ms': stream.stats.firstEventMs,
      }),
      ...(stream && { 'humanloop.completed': completed }),
    });
    if (error) {
      const { name = 'Error', code = name } = Object(error) as { name?: string; code?: string };
      span?.setAttributes({ 'error.type': code });
      span?.setStatus({ code: ERROR, message: name });
    }
    span?.end();
  };
}

function describe(call: Parameters<Observer>[0]['call']): Parameters<Tracer['startSpan']> {
  const { method, path, baseUrl, body } = call;
  const { hostname, port, protocol } = new URL(baseUrl);
  const attributes: Attributes = {
    'http.request.method': method,
    'url.template': path,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  };
  const kind = /^\/(chat|completion)(-|$)/.exec(path)?.[1];
  if (!kind) return [`${method} ${path}`, { kind: CLIENT, attributes }];
  const { model_config, num_samples } = Object(body) as { model_config?: { model?: string }; num_samples?: number };
  const operation = kind === 'chat' ? 'chat' : 'text_completion';
  Object.assign(attributes, {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': 'humanloop',
    ...(model_config?.model && { 'gen_ai.request.model': model_config.model }),
    ...(num_samples && { 'gen_ai.request.choice.count': num_samples }),
  });
  return [[operation, model_config?.model ?? path].join(' '), { kind: CLIENT, attributes }];
}

function readResult(result: unknown): Attributes {
  const { data, usage } = Object(result) as Envelope & { usage?: Record<string, number> | null };
  const samples = Array.isArray(data) ? data.filter((sample) => sample?.finish_reason) : [];
  const [first] = samples;
  return {
    ...(typeof first?.['id'] === 'string' && { 'gen_ai.response.id': first['id'] }),
    ...(samples.length > 0 && {
      'gen_ai.response.finish_reasons': samples.map((sample) => String(sample?.finish_reason)),
    }),
    ...(usage?.['prompt_tokens'] != null && { 'gen_ai.usage.input_tokens': usage['prompt_tokens'] }),
    ...(usage?.['generation_tokens'] != null && { 'gen_ai.usage.output_tokens': usage['generation_tokens'] }),
  };
}
