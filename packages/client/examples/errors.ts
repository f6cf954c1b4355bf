import { Humanloop, HumanloopError, RateLimitError, StreamError, UnprocessableEntityError } from '@humanloop-v4/client';

const humanloop = new Humanloop();

try {
  const stream = await humanloop.completions.createDeployedStream({ project: 'summaries', inputs: { text: '…' } });
  for await (const event of stream) console.log(event.data[0]?.output);
} catch (error) {
  if (error instanceof StreamError) console.error(error.code, error.partial?.[0]?.output);
  else if (error instanceof RateLimitError) console.error('wait', error.retryAfterMs, 'ms');
  else if (error instanceof UnprocessableEntityError) console.error(error.issues);
  else if (error instanceof HumanloopError) console.error(error.message, error.retryable);
  else throw error;
}
