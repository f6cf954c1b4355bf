import type { ChatResponse, ChatsCreateDeployedParams } from '@humanloop-v4/types';

/** Goes on with a chat: what was said before, the answer, and the next question. */
export function ask(
  request: ChatsCreateDeployedParams,
  answer: ChatResponse,
  question: string,
): ChatsCreateDeployedParams {
  const [sample] = answer.data;
  if (sample === undefined) throw new Error('The answer has no sample.');
  switch (sample.finish_reason) {
    case 'stop':
    case 'length':
      break;
    case 'tool_call':
      throw new Error('The model waits for the results of its tools.');
    default: // null or undefined in mid-stream; a later server may send values that are not known yet
      console.warn(`unknown finish reason: ${sample.finish_reason}`);
  }
  return { ...request, messages: [...request.messages, sample.output_message, { role: 'user', content: question }] };
}
