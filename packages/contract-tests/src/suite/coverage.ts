import type { Operation } from '../document/operations.ts';

/** Which of a document's answers were seen. */
export interface Coverage {
  /** Operations with at least one documented answer seen, and all there are. */
  operations: Share;
  /** Pairs of operation and status. */
  statuses: Share;
  /** The same with the media type. */
  mediaTypes: Share;
}

export interface Share {
  seen: number;
  of: number;
  /** `Chats_create 200 text/event-stream`, in the document's order. */
  unseen: string[];
}

/** Notes answers, and says which documented ones did not come. Answers that the document lacks count for nothing. */
export class AnswerCoverage {
  readonly #operations: Operation[];
  readonly #seen = new Set<string>();

  constructor(operations: Operation[]) {
    this.#operations = operations;
  }

  /** @param contentType - the header; empty or null for an answer without a body. */
  note(operationId: string, status: number, contentType: string | null): void {
    const mediaType = (contentType ?? '').replace(/;.*/s, '').trim().toLowerCase();
    this.#seen.add(`${operationId} ${status} ${mediaType || 'no body'}`);
  }

  get result(): Coverage {
    const answers = this.#operations.flatMap(({ id, responses }) =>
      responses.flatMap(({ status, content }) =>
        (content.length === 0 ? ['no body'] : content.map(({ mediaType }) => mediaType)).map((type) => ({
          id,
          status: `${id} ${status}`,
          mediaType: `${id} ${status} ${type}`,
        })),
      ),
    );
    const share = (name: 'id' | 'status' | 'mediaType'): Share => {
      const seen = new Set(answers.filter((one) => this.#seen.has(one.mediaType)).map((one) => one[name]));
      const all = [...new Set(answers.map((one) => one[name]))];
      return { seen: seen.size, of: all.length, unseen: all.filter((one) => !seen.has(one)) };
    };
    return { operations: share('id'), statuses: share('status'), mediaTypes: share('mediaType') };
  }
}

/** `operations 68 of 68, statuses 540 of 544, media types 548 of 552` */
export function describeCoverage({ operations, statuses, mediaTypes }: Coverage): string {
  const say = (name: string, { seen, of }: Share): string => `${name} ${seen} of ${of}`;
  return [say('operations', operations), say('statuses', statuses), say('media types', mediaTypes)].join(', ');
}
