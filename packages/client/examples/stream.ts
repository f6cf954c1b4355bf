import { Humanloop } from '@humanloop-v4/client';

const humanloop = new Humanloop({ apiKey: 'your-key', baseUrl: 'http://127.0.0.1:4010/v4' });

const stream = await humanloop.chats.createExperimentStream({
  project: 'support-assistant',
  experiment_id: 'exp_8sKqT2vWmYb4cHn6LfRzD',
  messages: [{ role: 'user', content: 'Where is my parcel?' }],
});
for await (const { text } of stream.text()) process.stdout.write(text);

const { data, usage } = await stream.final();
console.log(data[0]?.model_config_id, usage?.total_tokens, stream.stats.firstEventMs);
