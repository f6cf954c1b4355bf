import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createClient, EventStream, HumanloopError, type StreamError } from '../src/index.ts';
import { bodyOf, collect, failureOf, piece, sse, stream } from './support/events.ts';
import { chat, setUp } from './support/humanloop.ts';
import type { Handler, Received } from './support/server.ts';

describe('the wrong body', () => {
  const answer =
    (type: string | undefined, body: string): Handler =>
    (_, response) => {
      response.writeHead(200, { ...(type && { 'Content-Type': type }), 'X-Request-ID': 'req_1' });
      response.end(body);
    };

  it.each([
    ['text/html', '<!doctype html>\n<title>Hello</title>'],
    ['text/plain', 'OK'],
    ['text/plain', ''],
    [undefined, '<html>'],
    [undefined, ''],
  ])('%s %s is no stream', async (type, body) => {
    const { open } = await setUp(answer(type, body));
    const error = await failureOf<StreamError>(open());
    expect(error).toMatchObject({
      code: 'not-a-stream',
      status: 200,
      mediaType: type ?? '',
      excerpt: body,
      requestId: 'req_1',
    });
    expect(error.message).toContain('is the base URL right?');
  });

  it('a stream without a media type is one, also in one long chunk', async () => {
    const fetch = () => Promise.resolve(new Response(stream('a'.repeat(100_000), 'b')));
    const { open } = await setUp(() => {}, { fetch });
    expect(await collect(await open())).toHaveLength(2);
  });

  it('a JSON answer is named as such, and not shown', async () => {
    const { open } = await setUp(answer('application/json', '{"data":[{"output":"secret"}]}'));
    const error = await failureOf<StreamError>(open());
    expect(error).toMatchObject({ code: 'not-a-stream', mediaType: 'application/json' });
    expect(error.message).toContain('ignore `stream: true`');
    expect(error.message).not.toContain('secret');
  });

  it.each([
    ['text/html', '<!doctype html>'],
    ['application/json', '{"data":[{"output":"secret"}]}'],
    [undefined, '{"data":[{"output":"secret'],
  ])('%s %s that never ends is no stream, and no silence', async (type, body) => {
    const { open, requests } = await setUp((_, response) => {
      response.writeHead(200, type ? { 'Content-Type': type } : {});
      response.write(body);
    });
    expect(await failureOf(open({ timeout: { idleMs: 200 } }))).toMatchObject({ code: 'not-a-stream' });
    await requests[0]?.closed;
  });

  it('a JSON error becomes the error it is', async () => {
    const detail = { type: 't', message: 'm', code: 429, origin: 'OpenAI' };
    const { humanloop, open } = await setUp(answer('application/json', JSON.stringify({ detail })));
    expect(await failureOf(open())).toMatchObject({ name: 'RateLimitError', status: 429, detail });
    expect(await failureOf(humanloop.sessions.create())).toMatchObject({ name: 'RateLimitError', status: 429, detail });
  });

  it.each([undefined, 'text/plain'])('the media type %s is accepted when the bytes are events', async (type) => {
    for (const beginning of [': hello\n\n', '\n', 'unknown\r\n']) {
      const { open } = await setUp(answer(type, beginning + stream('a', 'b')));
      expect(await collect(await open())).toHaveLength(2);
    }
  });

  it.each([
    ['text/event-stream', sse(piece('secret'))],
    ['text/plain', 'secret'],
    ['application/json', '{"data":[{"output":"secret'],
  ])('%s where JSON was to come is not shown', async (type, body) => {
    const { humanloop, open } = await setUp(answer(type, body));
    const error = await failureOf<StreamError>(humanloop.sessions.create());
    expect(error).toMatchObject({ code: 'not-json', mediaType: type, excerpt: body.slice(0, 100) });
    expect(inspect(error)).not.toContain('secret');
    if (type === 'text/plain') expect(inspect(await failureOf(open()))).not.toContain('secret');
  });

  it("a page where JSON was to come is an error without the parser's words", async () => {
    const { humanloop } = await setUp(answer('text/html', '<!doctype html>'));
    const error = await failureOf(humanloop.sessions.create());
    expect(error).toMatchObject({ name: 'HumanloopError', code: 'not-json', status: 200 });
    expect(error.message).toBe(
      'POST /sessions: 200 with text/html instead of JSON ("<!doctype html>…"); is the base URL right? (req_1)',
    );
  });
});

describe('a page where JSON was to come', () => {
  const page = '<!doctype html><title>Bad gateway</title>';
  const want = { code: 'not-json', status: 200, mediaType: 'text/html', excerpt: page };

  it.each([
    ['stalls', () => {}],
    ['is cut', (request: Received) => void setTimeout(() => request.socket.resetAndDestroy(), 20)],
  ])('is told where it %s, and asked for once', async (_, end) => {
    const { humanloop, requests } = await setUp(
      (request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': '1000' });
        response.write(page);
        end(request);
      },
      { timeout: { idleMs: 100 } },
    );
    expect(await failureOf(humanloop.sessions.get({ id: 'a' }))).toMatchObject(want);
    expect(requests).toHaveLength(1);
  });

  it('is read within bounds', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(page.padEnd(65_536)));
        // An end: what reads without bounds must fail here, and not go on for ever.
        if ((sent += 65_536) > 10_000_000) controller.close();
      },
    });
    const fetch = async () => new Response(body, { headers: { 'Content-Type': 'text/html' } });
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    expect(await failureOf(client.POST('/sessions'))).toMatchObject({ code: 'not-json' });
    expect(sent).toBeLessThan(2_000_000);
  });

  it('that escapes a prompt is not shown', async () => {
    const escaped = '<!doctype html><p>My patient&#39;s name is &quot;John Smith&quot;</p>';
    const content = `My patient's name is "John Smith"`;
    const fetch = async () => new Response(escaped, { headers: { 'Content-Type': 'text/html' } });
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    const body = { project: 'p', messages: [{ role: 'user' as const, content }] };
    for (const call of [client.POST('/chat-deployed', { body }), client.STREAM('/chat-deployed', { body })]) {
      expect((await failureOf(call)).message).not.toContain('patient');
    }
  });
});

it.each([
  ['of a call that streams', '{"data":[', '/chat-deployed', 'ignore `stream: true`'],
  ['of a call that streams, in a string', '"text"', '/chat-deployed', 'ignore `stream: true`'],
  ['of a call that does not', '{"data":[', '/sessions', 'is the base URL right?'],
] as const)('JSON in place %s is told with a hint that fits', async (_, text, path, hint) => {
  const fetch = async () => new Response(text, { headers: { 'Content-Type': 'application/json' } });
  const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
  const call = path === '/sessions' ? client.POST(path) : client.STREAM(path, { body: chat });
  expect((await failureOf(call)).message).toContain(hint);
});

it.each(['{"detail":"boom"}', '{"data":[]}'])(
  '%s is told as soon as it is whole, though its body goes on',
  async (text) => {
    const { open } = await setUp((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write(text);
    });
    const start = performance.now();
    expect(await failureOf(open())).toBeInstanceOf(HumanloopError);
    expect(performance.now() - start).toBeLessThan(1500);
  },
);

describe('a body that is no stream, whatever its media type says', () => {
  const headers = { 'Content-Type': 'text/event-stream' };
  const page = `<!DOCTYPE html><title>Bad gateway</title>${' '.repeat(100_000)}`;
  const failWith = async (...chunks: string[]) => {
    const fetch = async () => new Response(bodyOf(...chunks), { headers });
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch, onIncomplete: 'end' });
    return failureOf(collect(await client.STREAM('/chat-deployed', { body: chat })));
  };

  it.each([
    ['a provider error', ['{"detail":{"type":"rate_limit","message":"slow","code":429}}'], { name: 'RateLimitError' }],
    ['an error in pieces', ['\n{"det', 'ail":"no"}'], { name: 'ApiError', detail: 'no' }],
    ['a page', [page], { code: 'not-a-stream', excerpt: page.slice(0, 100) }],
    ['a whole answer', ['{"data":[]}'], { code: 'not-a-stream', mediaType: 'text/event-stream' }],
    ['lines of JSON', ['{"data":[]}\n', '{"data":[]}\n'], { code: 'not-a-stream' }],
  ])('%s is told', async (_, chunks, want) => {
    expect(await failWith(...chunks)).toMatchObject(want);
  });

  it('is told of a body that was passed on, too', async () => {
    const result = EventStream.fromReadableStream(bodyOf(page));
    expect(await failureOf(result.final())).toMatchObject({ code: 'not-a-stream' });
  });

  it('a field that no one knows does not make it one, also when it is cut', async () => {
    expect(await failWith('<unknown\n\n', sse(piece('a')), 'data: {')).toMatchObject({ code: 'truncated' });
  });

  it('a field that no one knows does not make it one, when events follow', async () => {
    const fetch = async () => new Response(bodyOf(`<unknown\n\n${stream('a')}`), { headers });
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    const result = await client.STREAM('/chat-deployed', { body: chat });
    expect(await collect(result)).toHaveLength(1);
  });

  it.each([
    ['no media type, after a byte order mark', {}, ['\uFEFF{"detail":"no"}'], { name: 'ApiError', detail: 'no' }],
    ['text/event-stream, after a byte order mark', headers, ['\uFEFF{"detail":"no"}'], { name: 'ApiError' }],
    [
      'no media type, in long pieces',
      {},
      [`{"detail":"${'x'.repeat(500)}`, `${'x'.repeat(500)}"}`],
      { name: 'ApiError' },
    ],
    ['no media type, at length', {}, [`{"detail":"${'x'.repeat(70_000)}"}`], { name: 'ApiError' }],
    ['text/event-stream, at length', headers, [`{"detail":"${'x'.repeat(70_000)}"}`], { name: 'ApiError' }],
    ['no media type, blanks before what looks like fields', {}, [' data: {}\n\n'], { code: 'not-a-stream' }],
    ['no media type, blanks without end', {}, Array<string>(200).fill(' '.repeat(1000)), { code: 'not-a-stream' }],
  ])('an error with %s is told', async (_, given, chunks, want) => {
    let pulls = 0;
    const fetch = async () => {
      const body = bodyOf(...chunks).pipeThrough(
        new TransformStream({ transform: (chunk, to) => (pulls++, to.enqueue(chunk)) }),
      );
      return new Response(body, { headers: given });
    };
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    const opening = client.STREAM('/chat-deployed', { body: chat });
    expect(await failureOf(opening.then(collect))).toMatchObject(want);
    expect(pulls).toBeLessThan(150);
  });

  it('no more of a page is waited for than tells whose it is', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulls++;
          controller.enqueue(new TextEncoder().encode(page));
        },
      },
      { highWaterMark: 0 },
    );
    const fetch = async () => new Response(body, { headers: { 'Content-Type': 'text/html' } });
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    const opening = client.STREAM('/chat-deployed', { body: chat });
    expect(await failureOf(opening)).toMatchObject({ code: 'not-a-stream', excerpt: page.slice(0, 100) });
    expect(pulls).toBe(1);
  });
});

it('a page that repeats the key is not shown', async () => {
  const page = '<!doctype html><p>no such key: key-of-mine</p>';
  const { humanloop, open } = await setUp((_, response) => void response.writeHead(200).end(page), {
    apiKey: 'key-of-mine',
  });
  for (const call of [humanloop.sessions.create(), open()]) {
    const error = await failureOf<StreamError>(call);
    expect(inspect(error)).not.toContain('key-of-mine');
    expect(error.excerpt).toBe(page);
  }
});

it('a body that is no stream is given up, whatever it came from', async () => {
  let cancelled = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('<html>'.padEnd(200))),
    cancel: () => void cancelled++,
  });
  const fetch = async () => new Response(body, { headers: { 'Content-Type': 'text/html' } });
  const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
  expect(await failureOf(client.STREAM('/chat-deployed', { body: chat }))).toMatchObject({ code: 'not-a-stream' });
  expect(cancelled).toBe(1);
});
