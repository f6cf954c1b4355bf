import { operations } from './generated/operations.ts';

export { operations };
export type { BodyKind, Operation } from './operation.ts';

/** v4's operationIds. */
export type OperationId = keyof typeof operations;
