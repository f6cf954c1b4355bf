import { createClient } from '@humanloop-v4/client';

const client = createClient({ apiKey: 'your-key', baseUrl: 'http://127.0.0.1:4010/v4' });

const { data } = await client.GET('/projects', { params: { query: { size: 50 } } });
console.log(data.records.length);

const stream = await client.STREAM('/chat-deployed', { body: { project: 'p', messages: [] } });
for await (const event of stream) console.log(event.data[0]?.output);
