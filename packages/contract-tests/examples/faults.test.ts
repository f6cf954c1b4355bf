import { Humanloop, StreamError } from '@humanloop-v4/client';
import { startMock } from '@humanloop-v4/contract-tests';
import { afterAll, expect, it } from 'vitest';

const mock = await startMock();
afterAll(() => mock.close());

it('tells a cut stream from a whole one', async () => {
  const baseUrl = mock.withPlan('chunks=bytes,cut=reset,where=character,at=2');
  const humanloop = new Humanloop({ baseUrl, apiKey: 'any' });
  const stream = await humanloop.chats.createExperimentStream({
    experiment_id: 'exp_8sKqT2vWmYb4cHn6LfRzD',
    messages: [{ role: 'user', content: 'What does a kettle do?' }],
  });
  await expect(Array.fromAsync(stream)).rejects.toThrow(StreamError);
});
