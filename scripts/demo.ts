/**
 * Streams a chat experiment into the terminal: `npm start`, or `npm start -- "a question"`.
 *
 * Talks to a mock of the document, or, with HUMANLOOP_BASE_URL, HUMANLOOP_API_KEY and HUMANLOOP_EXPERIMENT_ID set, to
 * that server. Exits 0 after a complete answer, 1 after an error, 130 after Ctrl-C.
 */
import { AbortError, ApiError, Humanloop, HumanloopError } from '@humanloop-v4/client';
import { ContractError, startMock } from '@humanloop-v4/contract-tests';

const controller = new AbortController();
process.once('SIGINT', () => controller.abort('Ctrl-C'));

try {
  await runDemo(
    process.argv.slice(2).join(' ') || 'Please write a thank-you note to our customers abroad.',
    controller.signal,
  );
} catch (error) {
  if (error instanceof AbortError) {
    console.log('\nStopped.');
    process.exitCode = 130;
  } else if (error instanceof HumanloopError || error instanceof ContractError) {
    console.error(`\n${error.message}`);
    // Not part of the message, as it may repeat the request; here the request is the person's own.
    if (error instanceof ApiError && error.detail) console.error(error.detail);
    process.exitCode = 1;
  } else throw error;
}

async function runDemo(question: string, signal: AbortSignal): Promise<void> {
  const { HUMANLOOP_BASE_URL: ownServer, HUMANLOOP_EXPERIMENT_ID: ownExperiment } = process.env;
  if (ownServer && !ownExperiment) {
    throw new HumanloopError(
      'HUMANLOOP_BASE_URL is set, so set HUMANLOOP_EXPERIMENT_ID as well: the experiment of that server to chat with, `exp_…`.',
      { code: 'configuration' },
    );
  }
  await using mock = ownServer ? undefined : await startMock({ delayMs: 60 });
  const humanloop = new Humanloop(mock && { baseUrl: mock.baseUrl, apiKey: 'any key will do' });

  console.log(
    mock ? `A mock of the document answers, with one of its examples, on ${mock.baseUrl}` : `Server: ${ownServer}`,
  );
  console.log(`You: ${question}\n`);

  const stream = await humanloop.chats.createExperimentStream(
    { experiment_id: ownExperiment || 'exp_8sKqT2vWmYb4cHn6LfRzD', messages: [{ role: 'user', content: question }] },
    { signal },
  );
  for await (const { text } of stream.text()) process.stdout.write(text);

  const { data } = stream.current;
  const { firstEventMs = 0, events } = stream.stats;
  console.log(`
\nrequest id           ${stream.requestId ?? 'none sent'}
sampled config       ${data.map((sample) => sample.model_config_id).join(', ')}
finish reason        ${data.map((sample) => sample.finish_reason).join(', ')}
time to first token  ${firstEventMs.toFixed(0)} ms
events               ${events}`);
}
