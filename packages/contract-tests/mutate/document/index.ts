import { answerMutations, exampleMutations, streamMutations } from './answers.ts';
import type { DocumentMutation } from './mutation.ts';
import { operationMutations, parameterMutations, wholeMutations } from './operations.ts';
import { compositionMutations, objectMutations, typeMutations, valueMutations } from './schemas.ts';
import { streamExampleMutations } from './stream-examples.ts';

/** One-change mutations of the document, by subject. A mutation that no test notices is a hole in the suite. */
export const documentMutations: Record<string, DocumentMutation[]> = {
  objects: objectMutations,
  types: typeMutations,
  values: valueMutations,
  composition: compositionMutations,
  operations: operationMutations,
  parameters: parameterMutations,
  'keys, servers, the whole': wholeMutations,
  answers: answerMutations,
  streams: streamMutations,
  examples: exampleMutations,
  'stream examples': streamExampleMutations,
};
