import type { StreamStats } from './call.ts';
import type { HumanloopError } from './errors.ts';

/** One call, the same object in each of its events. */
export interface ObservedCall {
  readonly method: string;
  /** Path template, such as `/projects/{id}`. */
  readonly path: string;
  readonly baseUrl: string;
  /** Body of the request as given. It holds prompts and may hold keys. */
  readonly body: unknown;
  readonly streams: boolean;
}

/** A request is about to be repeated. */
export interface RetryEvent {
  /** `POST /chat` */
  readonly label: string;
  /** Number of the repetition, from 1. */
  readonly retry: number;
  readonly delayMs: number;
  /** What made the last attempt fail. */
  readonly error: HumanloopError;
}

export type ClientEvent =
  | { readonly type: 'start'; readonly call: ObservedCall }
  | ({ readonly type: 'retry'; readonly call: ObservedCall } & RetryEvent)
  /** The headers came. For a stream that is the beginning. */
  | { readonly type: 'response'; readonly call: ObservedCall; readonly response: Response }
  /** The body has been read, or left, or nothing came of it. */
  | {
      readonly type: 'end';
      readonly call: ObservedCall;
      readonly durationMs: number;
      readonly retries: number;
      readonly requestId: string | undefined;
      readonly response: Response | undefined;
      /** False with an error, and for a stream that was left early. */
      readonly completed: boolean;
      readonly error?: unknown;
      /** The stream that has ended; the client's own class of it. */
      readonly stream?: { readonly stats: StreamStats };
      /** The body of an answer that is no stream; it holds outputs. */
      readonly result?: unknown;
    };

export type Observer = (event: ClientEvent) => void;

/** Tells a listener. What it throws is its own affair: a broken log must not break a call, nor hide its answer. */
export async function tell<E>(listener: ((event: E) => unknown) | undefined, event: E): Promise<void> {
  try {
    await listener?.(event);
  } catch {
    // Nobody is there to hear it.
  }
}
