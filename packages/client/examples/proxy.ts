import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type ChatResponse, EventStream, Humanloop } from '@humanloop-v4/client';

const humanloop = new Humanloop();

/**
 * On your server: passes a stream on, with all that it tells. The prompt template is in `messages` of its first event:
 * where a page must not see that, see `answerInText`.
 */
export async function handle(request: Request): Promise<Response> {
  const { question } = (await request.json()) as { question: string };
  const stream = await humanloop.chats.createDeployedStream(
    { project: 'support-assistant', messages: [{ role: 'user', content: question }] },
    { signal: request.signal },
  );
  return new Response(stream.toReadableStream(), { headers: { 'Content-Type': 'text/event-stream' } });
}

/** The same for node:http and Express. When the reader leaves, the stream is left, and the promise rejects. */
export async function answer(question: string, response: ServerResponse): Promise<void> {
  const stream = await humanloop.chats.createDeployedStream(
    { project: 'support-assistant', messages: [{ role: 'user', content: question }] },
    { signal: signalOf(response) },
  );
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  await pipeline(stream.toReadableStream(), response);
}

/** Passes on nothing but the text; where the stream fails, so does the connection. */
export async function answerInText(question: string, response: ServerResponse): Promise<void> {
  const stream = await humanloop.chats.createDeployedStream(
    { project: 'support-assistant', messages: [{ role: 'user', content: question }] },
    { signal: signalOf(response) },
  );
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
  await pipeline(stream.sample(0), response);
}

/** Aborts when the reader leaves, be it before the first event: a pipeline alone would wait for the next one. */
function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

/** In the page: reads it, with the same proof that it is whole. */
export async function ask(question: string): Promise<string | undefined> {
  const response = await fetch('/ask', { method: 'POST', body: JSON.stringify({ question }) });
  const answer = await EventStream.fromReadableStream<ChatResponse>(response).final();
  return answer.data[0]?.output;
}
