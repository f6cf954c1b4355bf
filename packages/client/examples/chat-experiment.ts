import { Humanloop } from '@humanloop-v4/client';

const humanloop = new Humanloop({
  baseUrl: 'http://127.0.0.1:4010/v4', // or HUMANLOOP_BASE_URL: your server, here the mock
  apiKey: 'my-key', // or HUMANLOOP_API_KEY
});

const stream = await humanloop.chats.createExperimentStream({
  experiment_id: 'exp_8sKqT2vWmYb4cHn6LfRzD',
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
});

for await (const { text } of stream.text()) process.stdout.write(text);

const [sample] = stream.current.data;
console.log(`\nanswered by ${sample?.model_config_id}, finish reason: ${sample?.finish_reason}`);
