import { Humanloop } from '@humanloop-v4/client';
import { startMock } from '@humanloop-v4/contract-tests';
import { afterAll, expect, it } from 'vitest';

const mock = await startMock();
afterAll(() => mock.close());
const humanloop = new Humanloop({ baseUrl: mock.baseUrl, apiKey: 'any' });

it('lists projects', async () => {
  const { records } = await humanloop.projects.list();
  expect(records[0]?.name).toBe('support-assistant');
});
