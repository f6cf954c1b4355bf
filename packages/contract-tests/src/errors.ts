/**
 * What went wrong, for callers that act on it:
 * - `not-built`: a file that `pnpm build` makes is missing.
 * - `bad-document`: the document is unreadable, or a schema of it would go unchecked.
 * - `port-in-use`, `cannot-listen`: the server could not start.
 * - `bad-option`: an option, a plan or an argument is misspelt or out of range.
 * - `old-node`: this Node cannot run the command.
 * - `target-down`: the server to be tested or tortured cannot be reached.
 */
export type ContractErrorCode =
  | 'not-built'
  | 'bad-document'
  | 'port-in-use'
  | 'cannot-listen'
  | 'bad-option'
  | 'old-node'
  | 'target-down';

/** An error of the person's making or surroundings. Its message is one sentence or two that say what to do. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
