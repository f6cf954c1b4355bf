import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HumanloopError } from '../src/index.ts';
import { collect, failureOf, piece, sse, stream } from './support/events.ts';
import { setUp } from './support/humanloop.ts';
import { type Handler, type Received, sendEvents } from './support/server.ts';

const page = '<!doctype html><title>Bad gateway</title>'.padEnd(20_000);

const answering =
  (status: number, type: string, body: string, end: (request: Received) => void = () => {}): Handler =>
  (request, response) => {
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': String(body.length + 1000) });
    response.write(body);
    end(request);
  };

describe('a clone of the answer that middleware reads', () => {
  it.each([
    ['stalls', () => {}],
    ['is cut', (request: Received) => void setTimeout(() => request.socket.resetAndDestroy(), 20)],
  ])('hides no error whose body %s', async (_, end) => {
    const { humanloop } = await setUp(answering(500, 'application/json', '{"detail":', end));
    humanloop.use({ onResponse: async ({ response }) => void (await response.clone().text()) });
    expect(await failureOf(humanloop.sessions.create())).toMatchObject({ name: 'InternalServerError', status: 500 });
  });

  it.each([
    ['a page', answering(200, 'text/html', page), page],
    ['an error in the stream', answering(200, 'text/event-stream', 'event: error\ndata: {}\n\n'), 'event: error'],
    ['an error', answering(404, 'text/html', page), page],
  ])('has what had come of %s, though the call has failed', async (_, handler, want) => {
    const { humanloop, open } = await setUp(handler);
    let text = '';
    const read = async (response: Response): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk);
    };
    let reading: Promise<unknown> | undefined;
    humanloop.use({ onResponse: ({ response }) => void (reading = read(response.clone()).catch(() => {})) });
    expect(await failureOf(open().then(collect))).toBeInstanceOf(HumanloopError);
    await Promise.race([reading, sleep(100)]);
    expect(text).toContain(want);
  });

  it.each([
    ['an error of the server', 'text/event-stream', 'event: error\ndata: {}\n\n'],
    ['a page', 'text/html', `<html>${' '.repeat(200)}`],
  ])('gets the rest of %s that ends soon', async (_, type, body) => {
    const { humanloop, open } = await setUp(async (_request, response) => {
      response.writeHead(200, { 'Content-Type': type });
      response.write(body);
      await sleep(3);
      response.end('rest');
    });
    const texts: Promise<string>[] = [];
    humanloop.use({ onResponse: ({ response }) => void texts.push(response.clone().text()) });
    expect(await failureOf(open().then(collect))).toBeInstanceOf(HumanloopError);
    expect(await Promise.all(texts)).toEqual([`${body}rest`]);
  });
});

describe('a clone of the answer that nobody reads', () => {
  it.each([
    ['a whole stream', 'text/event-stream', stream('a')],
    ['a stream whose event is too long', 'text/event-stream', sse(piece('a'.repeat(1000)))],
    ['an error in the stream', 'text/event-stream', 'event: error\ndata: {}\n\n'],
    ['a page', 'text/html', page],
  ])('of %s holds no connection', async (_, type, body) => {
    const { humanloop, open, requests } = await setUp(answering(200, type, body));
    const clones: Response[] = [];
    humanloop.use({ onResponse: ({ response }) => void clones.push(response.clone()) });
    await Promise.allSettled([open({ maxEventBytes: 500 }).then(collect)]);
    // Later it would be closed by the garbage collector.
    expect(await Promise.race([requests[0]?.closed, sleep(500, 'open')])).toBeUndefined();
    expect(clones).toHaveLength(1);
  });

  it('is given up with the loop that is left', async () => {
    const { humanloop, open, requests } = await setUp((_, response) => sendEvents(response, [sse(piece('a'))]));
    const clones: Response[] = [];
    humanloop.use({ onResponse: ({ response }) => void clones.push(response.clone()) });
    for await (const _ of await open()) break;
    await requests[0]?.closed;
    expect(await failureOf(clones[0]!.text())).toMatchObject({ name: 'AbortError' });
  });
});
