import {
  AbortError,
  type ErrorClass,
  type ErrorFields,
  type HumanloopError,
  type Phase,
  TimeoutError,
} from './errors.ts';

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
export const NO_TIMEOUTS: Timeouts = { headersMs: 0, idleMs: 0, totalMs: 0 };

/** Above this, setTimeout fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One call, from the first attempt to the last byte: what may end it early, and what it cost. */
export interface Call {
  /** Method and path template, such as `POST /chat`. */
  readonly label: string;
  /** Aborted when the call is ended early. */
  readonly signal: AbortSignal;
  /** Date.now() when the call began. */
  readonly startedAt: number;
  phase: Phase;
  requestId: string | undefined;
  retries: number;
  /** Why the call was ended early, if it was. */
  error: HumanloopError | undefined;
  /** Told when the call is ended early. */
  onStop: (() => void) | undefined;
  /** ms since the call began. */
  elapsedMs(): number;
  /** Settles with the promise, or rejects when the call is ended early: also where the other side ignores signals. */
  race<T>(promise: Promise<T>): Promise<T>;
  sleep(ms: number): Promise<void>;
  /** Counts silence from now on, or, without an option, no more: a slow reader is not taken for a slow server. */
  wait(option?: 'headersMs' | 'idleMs'): void;
  abort(reason?: unknown): void;
  /** Makes an error of this call. */
  fail<E extends HumanloopError>(
    Class: ErrorClass<E>,
    code: E['code'],
    message: string,
    fields?: Partial<ErrorFields>,
    hidden?: object,
  ): E;
  /** Leaves neither a timer nor a listener behind. */
  dispose(): void;
}

/** Starts a call: listens to the caller's signal and runs the deadlines. */
export function createCall(label: string, timeouts: Timeouts, caller?: AbortSignal | null): Call {
  const controller = new AbortController();
  const start = performance.now();
  let waitTimer: ReturnType<typeof setTimeout> | undefined;
  let waitsFor: 'headersMs' | 'idleMs' = 'headersMs';
  let silentSince = Infinity;
  let disposed = false;
  let rejectRaces: (error: HumanloopError) => void;
  const stopped = new Promise<never>((_, reject) => (rejectRaces = reject));
  // Nobody may be racing when it is stopped; those who are get the error.
  stopped.catch(() => {});

  const call: Call = {
    label,
    signal: controller.signal,
    startedAt: Date.now(),
    phase: 'connect',
    requestId: undefined,
    retries: 0,
    error: undefined,
    onStop: undefined,
    elapsedMs: () => performance.now() - start,
    race: (promise) => Promise.race([promise, stopped]),
    async sleep(ms) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const slept = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
      await call.race(slept).finally(() => clearTimeout(timer));
    },
    wait(option) {
      silentSince = option ? performance.now() : Infinity;
      // A key function or middleware may go on after the call is over: its timers would outlive it.
      if (disposed) return;
      // The headers come once, so their timer goes: it would keep a process alive that leaves its stream unread.
      if (option !== waitsFor && (option || waitsFor === 'headersMs')) stopWaiting();
      if (!option) return;
      waitsFor = option;
      // One timer that looks at the clock: setting one for each chunk costs more than parsing it.
      if (!waitTimer) watch(timeouts[option]);
    },
    abort: (cause = new DOMException('The stream was aborted.', 'AbortError')) =>
      stop(call.fail(AbortError, 'aborted', 'aborted by the caller', { cause })),
    fail: (Class, code, message, fields, hidden) =>
      new Class(`${label}: ${message}`, { code, phase: call.phase, requestId: call.requestId, ...fields }, hidden),
    dispose() {
      disposed = true;
      stopWaiting();
      clearTimeout(totalTimer);
      caller?.removeEventListener('abort', onCallerAbort);
    },
  };

  function stop(error: HumanloopError): void {
    if (call.error) return;
    call.error = error;
    call.dispose();
    rejectRaces(error);
    controller.abort(error);
    call.onStop?.();
  }

  function timeOut(option: keyof Timeouts): void {
    const code = `${option.slice(0, -2)}-timeout` as TimeoutError['code'];
    stop(call.fail(TimeoutError, code, `timed out after ${timeouts[option]} ms (timeout.${option})`));
  }

  function setTimer(ms: number, onTimeout: () => void): ReturnType<typeof setTimeout> | undefined {
    return ms > 0 && ms <= LONGEST_TIMER_MS ? setTimeout(onTimeout, ms) : undefined;
  }

  function watch(ms: number): void {
    waitTimer = setTimer(ms, () => {
      waitTimer = undefined;
      const left = timeouts[waitsFor] - (performance.now() - silentSince);
      if (left < 1) timeOut(waitsFor);
      // Infinity: nobody waits, and the next wait starts the timer again.
      else if (left < Infinity) watch(left);
    });
  }

  function stopWaiting(): void {
    clearTimeout(waitTimer);
    waitTimer = undefined;
  }

  const onCallerAbort = (): void => call.abort(caller?.reason);
  const totalTimer = setTimer(timeouts.totalMs, () => timeOut('totalMs'));
  // A stream that nobody reads must not keep a process alive; who waits has one of the other timers.
  totalTimer?.unref?.();
  if (caller?.aborted) onCallerAbort();
  else caller?.addEventListener('abort', onCallerAbort);
  return call;
}
