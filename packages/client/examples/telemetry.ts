import { Humanloop } from '@humanloop-v4/client';
import { createTelemetry, type Tracer } from '@humanloop-v4/client/otel';

// With @opentelemetry/api: trace.getTracer('my-app')
declare const tracer: Tracer;

export const humanloop = new Humanloop({ logger: console, observe: createTelemetry(tracer) });
