import { Humanloop } from '@humanloop-v4/client';

const humanloop = new Humanloop({
  apiKey: 'your-key',
  baseUrl: 'http://127.0.0.1:4010/v4', // was `basePath`, and may be left out no more
  providerApiKeys: { openai: 'sk-…' }, // was `openaiApiKey`
});

// was humanloop.chat(…): its `data` was the answer, this is the answer itself
const answer = await humanloop.chats.create({
  project: 'support-assistant',
  model_config: { model: 'gpt-4o' },
  messages: [{ role: 'user', content: 'Where is my parcel?' }],
});
console.log(answer.data[0]?.output);

// was humanloop.datasets.listDatapoints({ datasetId }), a page at a time
for await (const datapoint of humanloop.datasets.listDatapoints({ dataset_id: 'evts_0aBcDeFgHiJkLmNoPqRsT' })) {
  console.log(datapoint.inputs);
}

// was humanloop.logs.list(…): the headers are beside the answer, not around it
const { data, response } = await humanloop.logs.list({ project_id: 'pr_3usCu3dAkgrXTlufrvPs7' }).withResponse();
console.log(data.records.length, response.headers.get('Date'));
