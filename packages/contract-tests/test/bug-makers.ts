import type { Bug, ServerAnswer, ServerRequest } from './honest-server.ts';

type Row = Record<string, unknown>;

export interface SeededBug extends Bug {
  /** The operations to look at; the check of one is much quicker than that of all. */
  only: string[];
  /** Whether it shows without making anything. */
  readOnly?: true;
}

export const isSuccess = (answer: ServerAnswer): boolean => answer.status < 300;

/** Changes the JSON of an operation's success. */
export function edits(
  name: string,
  id: string,
  change: (value: Row) => unknown,
  more: Partial<SeededBug> = {},
): SeededBug {
  return {
    name,
    only: [id],
    ...more,
    answer: (answer, { operation }) =>
      operation?.id === id && isSuccess(answer) && !answer.isStream
        ? { ...answer, blocks: [JSON.stringify(change(JSON.parse(answer.blocks[0] ?? '{}') as Row))] }
        : answer,
  };
}

/** Changes the answer of an operation, whatever it is. */
export function answers(
  name: string,
  id: string,
  change: (answer: ServerAnswer, request: ServerRequest) => ServerAnswer,
  more: Partial<SeededBug> = {},
): SeededBug {
  return {
    name,
    only: [id],
    ...more,
    answer: (answer, request) => (request.operation?.id === id ? change(answer, request) : answer),
  };
}

export const status =
  (code: number) =>
  (answer: ServerAnswer): ServerAnswer =>
    isSuccess(answer) ? { ...answer, status: code } : answer;
export const withKey = (request: ServerRequest): ServerRequest => ({
  ...request,
  headers: { ...request.headers, 'x-api-key': 'honest-key' },
});
