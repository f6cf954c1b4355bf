import { expect, it } from 'vitest';
import { createReplay, type Exchange } from '../src/testing/index.ts';

const exchange: Exchange = {
  method: 'GET',
  path: '/logs',
  body: '',
  status: 200,
  headers: {},
  chunks: [
    { afterMs: 0, base64: btoa('first') },
    { afterMs: 600_000, base64: btoa('second') },
  ],
  end: 'closed',
};

it('a replay that waits ends when it is aborted, as a fetch does', async () => {
  const controller = new AbortController();
  const replay = createReplay([exchange], { timing: false });
  const response = await replay('http://127.0.0.1:1/logs', { signal: controller.signal });
  const reader = response.body!.getReader();
  await reader.read();
  controller.abort(new Error('enough'));
  await expect(reader.read()).rejects.toThrow('enough');
});
