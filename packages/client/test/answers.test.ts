import { describe, expect, it } from 'vitest';
import { createClient, Humanloop } from '../src/index.ts';
import { failureOf } from './support/events.ts';
import { createHumanloop, setUp } from './support/humanloop.ts';

describe('answers that are no stream', () => {
  it('204 and empty answers are undefined, text is text', async () => {
    const { humanloop } = await setUp((request, response) =>
      request.method === 'DELETE'
        ? void response.writeHead(204).end()
        : void response.writeHead(200, { 'Content-Type': 'text/prompt' }).end('---'),
    );
    expect(await humanloop.projects.delete({ id: 'a' })).toBeUndefined();
    expect(await humanloop.modelConfigs.export({ id: 'a' })).toBe('---');
  });

  it('a media type may be written in capitals, and with a charset', async () => {
    const headers = { 'Content-Type': 'Application/JSON; Charset=UTF-8' };
    const fetch = async () => new Response('{"records":[]}', { headers });
    const client = createClient({ baseUrl: 'http://x.test', apiKey: 'k', fetch });
    expect((await client.GET('/projects')).data).toEqual({ records: [] });
    const text = async () => new Response('---', { headers: { 'Content-Type': 'Text/Prompt; Charset=UTF-8' } });
    const humanloop = new Humanloop({ baseUrl: 'http://x.test', apiKey: 'k', fetch: text });
    expect(await humanloop.modelConfigs.export({ id: 'a' })).toBe('---');
  });

  it('parseAs gives the body in other forms', async () => {
    const client = createClient({
      baseUrl: 'http://x.test',
      apiKey: 'k',
      fetch: async () => Response.json({ records: [] }),
    });
    expect((await client.GET('/projects', { parseAs: 'text' })).data).toBe('{"records":[]}');
    expect((await client.GET('/projects', { parseAs: 'stream' })).data).toBeInstanceOf(ReadableStream);
  });

  it('an answer that is an error and nothing else is no success', async () => {
    const humanloop = createHumanloop(async () => Response.json({ error: { message: 'x', code: 503 } }));
    expect(await failureOf(humanloop.projects.get({ id: 'p' }))).toMatchObject({ name: 'ServiceUnavailableError' });
  });

  it.each(['503', 503])('a code of %j in an error that is answered as a success is its status', async (code) => {
    const humanloop = createHumanloop(async () => Response.json({ error: { message: 'x', code } }));
    expect(await failureOf(humanloop.projects.get({ id: 'p' }))).toMatchObject({ status: 503 });
  });

  it.each(['application/xml', 'text/xml', 'application/xhtml+xml', 'application/octet-stream', 'application/x-ndjson'])(
    'an answer of %s is no success',
    async (type) => {
      const humanloop = createHumanloop(async () => new Response('<x>', { headers: { 'Content-Type': type } }));
      expect(await failureOf(humanloop.projects.get({ id: 'p' }))).toMatchObject({ code: 'not-json' });
    },
  );
});
