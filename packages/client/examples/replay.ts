import { Humanloop, StreamError } from '@humanloop-v4/client';
import { createRecorder, createReplay, readRecording } from '@humanloop-v4/client/testing';

// Once, against a real server:
const recorder = createRecorder();
const live = new Humanloop({ fetch: recorder.fetch });
await (await live.chats.createDeployedStream({ project: 'p', messages: [] })).final();
await recorder.save('chat.json');

// In tests: the same bytes, one by one, then cut.
const fetch = createReplay(await readRecording('chat.json'), { chunkBytes: 1, cutAfterBytes: 500 });
const replayed = new Humanloop({ fetch, apiKey: 'any', baseUrl: 'http://replay.test/v4' });
try {
  await (await replayed.chats.createDeployedStream({ project: 'p', messages: [] })).final();
} catch (error) {
  console.log(error instanceof StreamError && error.code);
}
