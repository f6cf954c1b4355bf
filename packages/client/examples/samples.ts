import { Humanloop } from '@humanloop-v4/client';

const humanloop = new Humanloop();

await using stream = await humanloop.chats.createStream({
  project: 'support-assistant',
  model_config: { model: 'gpt-4o' },
  messages: [{ role: 'user', content: 'Name a colour.' }],
  num_samples: 2,
});
await Promise.all(
  stream.samples.map(async (sample) => {
    for await (const text of sample) console.log(sample.index, text);
    console.log(sample.index, sample.finish_reason, sample.model_config_id);
  }),
);
