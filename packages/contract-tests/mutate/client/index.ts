import { answerMutations } from './answers.ts';
import { middlewareMutations } from './middleware.ts';
import type { ClientMutation } from './mutation.ts';
import { requestMutations } from './requests.ts';
import { readerMutations, streamMutations } from './streams.ts';
import { attemptMutations, timeMutations } from './transport.ts';

/** Ways to break the client, by subject. One that no test notices is a hole in the suite. */
export const clientMutations: Record<string, ClientMutation[]> = {
  requests: requestMutations,
  middleware: middlewareMutations,
  'attempts, redirects': attemptMutations,
  'deadlines, aborts': timeMutations,
  'answers, errors, pages': answerMutations,
  'streams on the wire': streamMutations,
  'streams in the hand': readerMutations,
};
