import { type ChatResponse, EventStream, Humanloop } from '@humanloop-v4/client';

const humanloop = new Humanloop();

/** On your server: passes a stream on. */
export async function handle(request: Request): Promise<Response> {
  const { question } = (await request.json()) as { question: string };
  const stream = await humanloop.chats.createDeployedStream(
    { project: 'support-assistant', messages: [{ role: 'user', content: question }] },
    { signal: request.signal },
  );
  return new Response(stream.toReadableStream(), { headers: { 'Content-Type': 'text/event-stream' } });
}

/** In the page: reads it, with the same proof that it is whole. */
export async function ask(question: string): Promise<string | undefined> {
  const response = await fetch('/ask', { method: 'POST', body: JSON.stringify({ question }) });
  const answer = await EventStream.fromReadableStream<ChatResponse>(response).final();
  return answer.data[0]?.output;
}
