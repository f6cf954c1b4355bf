import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type EventStream, Humanloop, type HumanloopError } from '../src/index.ts';
import { collect, failureOf, piece, sse, stream } from './support/events.ts';
import { setUp } from './support/humanloop.ts';
import { type Handler, sendEvents, sendJson } from './support/server.ts';

const endless: Handler = async (_, response) => {
  response.on('close', () => response.end());
  await sendEvents(response, [sse(piece('a'))]);
  while (!response.writableEnded) {
    response.write(sse(piece('b')));
    await sleep(2);
  }
};

describe('a stream over a socket', () => {
  it('asks for a stream and gives its events, response, request id and stats', async () => {
    const { requests, open } = await setUp(async (_, response) => {
      await sendEvents(response, [stream('a', 'b')]);
      response.end();
    });
    const { data, response, requestId } = await open().withResponse();
    expect(await collect(data)).toHaveLength(2);
    expect([response.status, requestId, data.requestId]).toEqual([200, 'req_1', 'req_1']);
    expect(data.stats).toMatchObject({ events: 2, retries: 0, bytes: stream('a', 'b').length });
    expect(data.stats.endMs).toBeGreaterThan(0);
    expect(requests[0]?.headers).toMatchObject({ accept: 'text/event-stream, application/json', 'x-api-key': 'key' });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ project: 'p', messages: [], stream: true });
  });

  it('that is reset is a StreamError', async () => {
    const { open } = await setUp(async (request, response) => {
      await sendEvents(response, [sse(piece('a'))], 20);
      request.socket.resetAndDestroy();
    });
    expect(await failureOf(collect(await open()))).toMatchObject({
      code: 'disconnected',
      eventsRead: 1,
      requestId: 'req_1',
    });
  });

  it('that ends between events is truncated', async () => {
    const { open } = await setUp(async (_, response) => {
      await sendEvents(response, [sse(piece('a'))]);
      response.end();
    });
    expect(await failureOf(collect(await open()))).toMatchObject({ code: 'truncated', eventsRead: 1 });
  });

  it('holds a server back that writes faster than it is read', async () => {
    let written = 0;
    const { open } = await setUp(async (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const event = sse(piece('x'.repeat(10_000)));
      while (written < 100_000_000 && response.write(event)) written += event.length;
      response.on('drain', () => {
        while (written < 100_000_000 && response.write(event)) written += event.length;
      });
    });
    const iterator = (await open())[Symbol.asyncIterator]();
    await iterator.next();
    await sleep(150);
    expect(written).toBeLessThan(30_000_000);
    await iterator.return?.();
  });
});

describe('leaving early', () => {
  const ways: [
    string,
    (
      result: Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>['open']>>,
      controller: AbortController,
    ) => Promise<unknown>,
  ][] = [
    [
      'break',
      async (result) => {
        for await (const _ of result) break;
      },
    ],
    [
      'throw',
      (result) =>
        failureOf(
          (async () => {
            for await (const _ of result) throw new Error('mine');
          })(),
        ),
    ],
    [
      'return',
      (result) =>
        (async () => {
          for await (const event of result) return event;
          return undefined;
        })(),
    ],
    [
      'await using',
      async (result) => {
        await using kept = result;
        for (const iterator = kept[Symbol.asyncIterator](); (await iterator.next()).done;);
      },
    ],
    [
      'abort()',
      async (result) => {
        for await (const _ of result) {
          result.abort('enough');
          break;
        }
      },
    ],
    [
      'the signal',
      (result, controller) =>
        failureOf(
          (async () => {
            for await (const _ of result) controller.abort('enough');
          })(),
        ),
    ],
    [
      'break from text()',
      async (result) => {
        for await (const _ of result.text()) break;
      },
    ],
    [
      'cancelling toReadableStream()',
      async (result) => {
        const reader = result.toReadableStream().getReader();
        await reader.read();
        await reader.cancel();
      },
    ],
  ];

  it.each(ways)('%s closes the socket and leaves no listener and no timer', async (_, leave) => {
    const { open, requests } = await setUp(endless);
    const controller = new AbortController();
    const result = await open({ signal: controller.signal });
    await leave(result, controller);
    await requests[0]?.closed;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThan(3);
  });

  it.each(ways)('%s closes the socket where a clone of the answer is read as well', async (_, leave) => {
    const { humanloop, open, requests } = await setUp(endless);
    const texts: Promise<unknown>[] = [];
    humanloop.use({ onResponse: ({ response }) => void texts.push(failureOf(response.clone().text())) });
    const controller = new AbortController();
    await leave(await open({ signal: controller.signal }), controller);
    await requests[0]?.closed;
    expect(texts).toHaveLength(1);
    await texts[0];
  });

  it('a stream read to its end aborts nothing, not even when its connection is free', async () => {
    const { open } = await setUp(async (_, response) => {
      await sendEvents(response, [stream('a')]);
      response.end();
    });
    const result = await open();
    await collect(result);
    await sleep(50);
    expect(result.controller.signal.aborted).toBe(false);
  });

  it('a stream read to its end leaves no listener', async () => {
    const { open } = await setUp(async (_, response) => {
      await sendEvents(response, [stream('a')]);
      response.end();
    });
    const { signal } = new AbortController();
    await collect(await open({ signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('an abort is an AbortError whose cause is the reason', async () => {
    const { open } = await setUp(endless);
    const controller = new AbortController();
    const reason = new Error('enough');
    const failure = failureOf(collect(await open({ signal: controller.signal })));
    controller.abort(reason);
    expect(await failure).toMatchObject({ name: 'AbortError', code: 'aborted', cause: reason, phase: 'stream' });
  });

  it.each([
    ['abort()', (result: EventStream<unknown>) => result.abort()],
    ['controller.abort()', (result: EventStream<unknown>) => result.controller.abort()],
  ])('%s is told to the loop', async (_, abort) => {
    const { open, requests } = await setUp(endless);
    const result = await open();
    const failure = failureOf(
      (async () => {
        for await (const _ of result) abort(result);
      })(),
    );
    expect(await failure).toMatchObject({ name: 'AbortError', phase: 'stream', cause: { name: 'AbortError' } });
    abort(result);
    await requests[0]?.closed;
  });

  it('an abort after the end changes nothing', async () => {
    const { open } = await setUp((_, response) => sendEvents(response, [sse(piece('a', 'stop'))]));
    const result = await open();
    const iterator = result[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    result.controller.abort('late');
    expect((await iterator.next()).done).toBe(true);
    expect((await result.final()).data[0]?.output).toBe('a');
  });

  it('an abort before the call sends nothing; one while it waits for headers closes the socket', async () => {
    const { open, requests } = await setUp(() => {});
    expect(await failureOf(open({ signal: AbortSignal.abort('early') }))).toMatchObject({
      name: 'AbortError',
      cause: 'early',
    });
    expect(requests).toHaveLength(0);
    const controller = new AbortController();
    const failure = failureOf(open({ signal: controller.signal }));
    while (requests.length === 0) await sleep(2);
    controller.abort('late');
    expect(await failure).toMatchObject({ name: 'AbortError', cause: 'late' });
    await requests[0]?.closed;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});

describe('keeping the connection', () => {
  it('five streams in a row use one socket when the server lingers 3 ms', async () => {
    const { open, sockets } = await setUp(async (_, response) => {
      await sendEvents(response, [stream('a', 'b')]);
      await sleep(3);
      response.end();
    });
    for (let count = 0; count < 5; count++) await collect(await open());
    expect(sockets.size).toBe(1);
  });

  it.each([
    ['left at the last event', () => {}],
    ['aborted after it', (result: EventStream<unknown>) => result.abort()],
  ])('a loop %s keeps it as well', async (_, end) => {
    const { open, sockets } = await setUp(async (_request, response) => {
      await sendEvents(response, [stream('a', 'b')]);
      await sleep(3);
      response.end();
    });
    for (let count = 0; count < 3; count++) {
      const result = await open();
      for await (const event of result) if (event.data[0]?.finish_reason) break;
      end(result);
    }
    expect(sockets.size).toBe(1);
  });

  it('a call that is repeated keeps it as well', async () => {
    const { humanloop, requests, sockets } = await setUp(async (_, response, count) => {
      if (count === 2) return sendJson(response, 200, {});
      response.writeHead(503, { 'Retry-After': '0.2' }).write('{');
      await sleep(3);
      response.end('}');
    });
    await humanloop.sessions.create();
    expect(requests).toHaveLength(2);
    expect(sockets.size).toBe(1);
  });

  it('an answer that is repeated is left where its body does not end', async () => {
    const { humanloop, requests } = await setUp((_, response, count) => {
      if (count === 2) return sendJson(response, 200, {});
      response.writeHead(503, { 'Retry-After': '0' }).write('{');
    });
    expect(await humanloop.sessions.create()).toEqual({});
    await requests[0]?.closed;
  });

  it('a server that lingers does not delay the caller, and is left', async () => {
    const { open, requests } = await setUp((_, response) => sendEvents(response, [stream('a')]));
    const result = await open();
    const start = performance.now();
    await collect(result);
    expect(performance.now() - start).toBeLessThan(1000);
    await requests[0]?.closed;
  });
});

describe('deadlines', () => {
  it('headersMs ends the wait for an answer', async () => {
    const { open, requests } = await setUp(() => {}, { timeout: { headersMs: 50 } });
    const error = await failureOf(open());
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'headers-timeout', phase: 'headers' });
    expect(error.message).toBe('POST /chat-deployed: timed out after 50 ms (timeout.headersMs)');
    await requests[0]?.closed;
  });

  it('totalMs ends an error whose body stalls', async () => {
    const { humanloop, requests } = await setUp((_, response) => void response.writeHead(404).write('{'));
    const error = await failureOf(humanloop.sessions.create(undefined, { timeout: 50 }));
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'total-timeout', phase: 'body' });
    await requests[0]?.closed;
  });

  it('idleMs ends a silent stream', async () => {
    const { open, requests } = await setUp((_, response) => sendEvents(response, [sse(piece('a'))]));
    const error = await failureOf(collect(await open({ timeout: { idleMs: 50 } })));
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'idle-timeout', phase: 'stream' });
    await requests[0]?.closed;
  });

  it.each([
    ['idleMs', () => ({ timeout: { idleMs: 300 } }), 'idle-timeout'],
    ['totalMs', () => ({ timeout: { totalMs: 300 } }), 'total-timeout'],
    ['the caller', () => ({ signal: AbortSignal.timeout(300) }), 'aborted'],
  ])('a stream that %s ends keeps the text so far, unprinted', async (_, createOptions, code) => {
    const { open } = await setUp((_request, response) => sendEvents(response, [sse(piece('secret'))]));
    const result = await open(createOptions());
    const error = await failureOf<HumanloopError>(result.final());
    expect(error).toMatchObject({ code, eventsRead: 1 });
    expect(error.partial).toEqual([{ index: 0, output: 'secret', finish_reason: null }]);
    expect(inspect(error) + JSON.stringify(error)).not.toContain('secret');
  });

  it.each([
    ['months, longer than timers are,', 10_000_000_000],
    ['0', 0],
  ])('a deadline of %s is none', async (_, long) => {
    const { open } = await setUp(async (_request, response) => {
      await sleep(20);
      await sendEvents(response, [sse(piece('a')), sse(piece('', 'stop'))], 20);
      response.end();
    });
    const timeout = { headersMs: long, idleMs: long, totalMs: long };
    expect(await collect(await open({ timeout }))).toHaveLength(2);
  });

  it('an option that is undefined leaves the deadline as it is', async () => {
    const { open } = await setUp((_, response) => sendEvents(response, [sse(piece('a'))]), { timeout: { idleMs: 50 } });
    const timeout = { idleMs: undefined } as never;
    expect(await failureOf(collect(await open({ timeout })))).toMatchObject({ code: 'idle-timeout' });
  });

  it('comments reset idleMs', async () => {
    const { open } = await setUp(async (_, response) => {
      await sendEvents(
        response,
        [sse(piece('a')), ...Array.from({ length: 10 }, () => ': ping\n\n'), sse(piece('', 'stop'))],
        20,
      );
      response.end();
    });
    expect(await collect(await open({ timeout: { idleMs: 100 } }))).toHaveLength(2);
  });

  it('a slow reader is not taken for a silent server', async () => {
    const { open } = await setUp(async (_, response) => {
      await sendEvents(response, [sse(piece('a')), sse(piece('b')), sse(piece('', 'stop'))], 5);
      response.end();
    });
    let count = 0;
    for await (const _ of await open({ timeout: { idleMs: 40 } })) {
      count++;
      await sleep(80);
    }
    expect(count).toBe(3);
  });

  it.each(['headersMs', 'idleMs'])('bytes that came while the process was busy keep %s', async (option) => {
    const { open } = await setUp(async (request, response) => {
      const events = [sse(piece('a')), sse(piece('', 'stop'))];
      if (option === 'idleMs') await sendEvents(response, events.splice(0, 1));
      await sleep(20);
      // After this turn timers are looked at before sockets.
      await new Promise(setImmediate);
      if (option === 'headersMs') await sendEvents(response, events);
      else response.write(events[0]);
      request.socket.uncork();
      for (const start = performance.now(); performance.now() - start < 200;);
    });
    expect(await open({ timeout: { [option]: 100 } }).then((result) => result.final())).toBeDefined();
  });

  it('headersMs ends with the headers, however late their stream is read', async () => {
    const { open } = await setUp(async (_, response) => {
      await sendEvents(response, [stream('a')]);
      response.end();
    });
    const result = await open({ timeout: { headersMs: 1000 } });
    await sleep(1100);
    expect(await collect(result)).toHaveLength(1);
  });

  it('no timer keeps a process that leaves its stream unread', async () => {
    const count = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const { open } = await setUp((_, response) => sendEvents(response, [sse(piece('a'))]));
    await collect(await open({ onIncomplete: 'end', timeout: 50 })).catch(() => {});
    const before = count();
    const result = await open();
    expect(count()).toBeLessThanOrEqual(before);
    result.abort();
  });

  it('totalMs ends a stream that goes on, and a number means it', async () => {
    const { open } = await setUp(endless);
    for (const timeout of [{ totalMs: 60 }, 60]) {
      const read = async () => collect(await open({ timeout }));
      expect(await failureOf(read())).toMatchObject({ code: 'total-timeout' });
    }
  });

  it('totalMs covers retries and their waits', async () => {
    const { humanloop } = await setUp((_, response) => sendJson(response, 503, {}, { 'Retry-After': '5' }));
    expect(await failureOf(humanloop.sessions.create(undefined, { timeout: 80 }))).toMatchObject({
      code: 'total-timeout',
    });
  });

  it('idleMs ends a JSON body that stalls', async () => {
    const { humanloop } = await setUp((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{');
    });
    const error = await failureOf(humanloop.sessions.get({ id: 'sesh_1' }, { timeout: { idleMs: 50 } }));
    expect(error).toMatchObject({ code: 'idle-timeout', phase: 'body' });
  });

  it('holds where fetch ignores its signal', async () => {
    const humanloop = new Humanloop({
      baseUrl: 'http://x.test',
      apiKey: 'key',
      fetch: () => new Promise(() => {}),
      timeout: { headersMs: 30 },
    });
    expect(await failureOf(humanloop.sessions.create())).toMatchObject({ code: 'headers-timeout' });
  });
});
