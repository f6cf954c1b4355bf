import { AbortError, type HumanloopError, type Phase, TimeoutError } from './errors.ts';

/** Limits of one call, ms; 0 waits for ever. */
export interface Timeouts {
  /** Longest wait for the headers of the answer, in each attempt. A JSON answer sends them when it is generated. */
  readonly headersMs: number;
  /** Longest silence within the body. Any byte ends it, also that of a comment. */
  readonly idleMs: number;
  /** Longest time from the call to the end of the body, retries and waits included. */
  readonly totalMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { headersMs: 300_000, idleMs: 60_000, totalMs: 600_000 };

/** Above this, setTimeout fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Fills in what an option leaves open; a number is `totalMs`. */
export function mergeTimeouts(base: Timeouts, timeout: number | Partial<Timeouts> = {}): Timeouts {
  return { ...base, ...(typeof timeout === 'number' ? { totalMs: timeout } : timeout) };
}

/**
 * One call, from the first attempt to the last byte: what may end it early, and what it cost.
 *
 * Listens to the caller's signal and runs the deadlines. `dispose` leaves neither a listener nor a timer behind.
 */
export class Call {
  /** Method and path template, such as `POST /chat`. */
  readonly label: string;
  readonly controller: AbortController = new AbortController();
  readonly startedAt: number = Date.now();
  readonly timeouts: Timeouts;
  phase: Phase = 'connect';
  retries = 0;
  requestId: string | undefined;
  #start = performance.now();
  #caller: AbortSignal | undefined;
  #aborted: Promise<never>;
  #timers = new Map<keyof Timeouts, ReturnType<typeof setTimeout>>();
  #silentSince = 0;

  constructor(label: string, timeouts: Timeouts, caller?: AbortSignal | null) {
    this.label = label;
    this.timeouts = timeouts;
    this.#caller = caller ?? undefined;
    this.#aborted = new Promise((_, reject) => {
      this.controller.signal.addEventListener('abort', () => reject(this.error), { once: true });
    });
    // Nobody may be racing when it is aborted; those who are get the error.
    this.#aborted.catch(() => {});
    if (caller?.aborted) this.#onAbort();
    else {
      caller?.addEventListener('abort', this.#onAbort);
      this.startTimer('totalMs');
    }
  }

  /** Why the call was ended early, if it was. */
  get error(): HumanloopError | undefined {
    const { aborted, reason } = this.controller.signal;
    // Whoever aborts the controller itself gives a reason of their own.
    return !aborted || reason instanceof TimeoutError || reason instanceof AbortError
      ? reason
      : this.#abortError(reason);
  }

  /** ms since the call began. */
  get elapsedMs(): number {
    return performance.now() - this.#start;
  }

  abort(reason?: unknown): void {
    this.controller.abort(this.#abortError(reason ?? new DOMException('The stream was aborted.', 'AbortError')));
    this.dispose();
  }

  /** Settles with the promise, or rejects when the call is ended early: also where the other side ignores signals. */
  async race<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#aborted]);
  }

  async sleep(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.race(new Promise((resolve) => (timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS)))));
    } finally {
      clearTimeout(timer);
    }
  }

  startTimer(option: 'headersMs' | 'totalMs'): void {
    this.#setTimer(option, this.timeouts[option], () => this.#timeOut(option));
  }

  stopTimer(option: keyof Timeouts): void {
    clearTimeout(this.#timers.get(option));
    this.#timers.delete(option);
  }

  /** A read of the body begins: silence counts from here, so that a slow reader is not taken for a slow server. */
  beginWait(): void {
    this.#silentSince = performance.now();
    // One timer that looks at the clock: setting one for each chunk costs more than parsing it.
    if (!this.#timers.has('idleMs')) this.#watchSilence(this.timeouts.idleMs);
  }

  /** The read has brought something. */
  endWait(): void {
    this.#silentSince = Infinity;
  }

  dispose(): void {
    for (const option of this.#timers.keys()) this.stopTimer(option);
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }

  #watchSilence(ms: number): void {
    this.#setTimer('idleMs', ms, () => {
      this.#timers.delete('idleMs');
      const left = this.timeouts.idleMs - (performance.now() - this.#silentSince);
      if (left < 1) this.#timeOut('idleMs');
      // Infinity: nobody reads, and the next read starts the timer again.
      else if (left < Infinity) this.#watchSilence(left);
    });
  }

  #setTimer(option: keyof Timeouts, ms: number, onTimeout: () => void): void {
    this.stopTimer(option);
    if (ms > 0 && ms <= LONGEST_TIMER_MS) this.#timers.set(option, setTimeout(onTimeout, ms));
  }

  #timeOut(option: keyof Timeouts): void {
    const { label, phase, requestId, timeouts } = this;
    const code = `${option.slice(0, -2) as 'headers' | 'idle' | 'total'}-timeout`;
    this.controller.abort(
      new TimeoutError(`${label}: timed out after ${timeouts[option]} ms (timeout.${option})`, {
        code,
        phase,
        requestId,
      }),
    );
    this.dispose();
  }

  #onAbort = (): void => this.abort(this.#caller?.reason);

  #abortError(cause: unknown): AbortError {
    const { label, phase, requestId } = this;
    return new AbortError(`${label}: aborted by the caller`, { code: 'aborted', phase, requestId, cause });
  }
}
