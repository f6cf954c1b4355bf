import { AbortError, type ErrorClass, type ErrorFields, HumanloopError, type Phase, TimeoutError } from './errors.ts';

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

/** How often silence is looked at, ms. A timer that nobody needs any more keeps a process alive no longer than this. */
const LOOK_MS = 1000;

/** How long a deadline waits for bytes that are here, but not read yet, ms. */
const GRACE_MS = 5;

/** Above this, setTimeout fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a call, and its stream, has cost so far. Times are ms since the call began; `undefined` until it happened. */
export interface StreamStats {
  /** Date.now() when the call began. */
  readonly startedAt: number;
  readonly headersMs: number | undefined;
  readonly firstEventMs: number | undefined;
  readonly endMs: number | undefined;
  readonly events: number;
  readonly bytes: number;
  readonly retries: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One call, from the first attempt to the last byte: what may end it early, and what it cost. */
export interface Call {
  /** Method and path template, such as `POST /chat`. */
  readonly label: string;
  /** Aborted when the call is ended early; who aborts it ends the call. */
  readonly controller: AbortController;
  readonly stats: Mutable<StreamStats>;
  phase: Phase;
  requestId: string | undefined;
  /** What was sent last: errors must not quote it. */
  sent?: RequestInit;
  /** Whether sending it again changes nothing more. */
  idempotent: boolean;
  /** Why the call was ended early, if it was. */
  error?: HumanloopError;
  /** What an error tells of a stream, once there is one. */
  progress?: () => Partial<ErrorFields>;
  /** ms since the call began. */
  elapsedMs(): number;
  /** Resolves after a wait; never, when the call is ended early. */
  sleep(ms: number): Promise<void>;
  /** Counts silence from now on, or, without an option, no more: a slow reader is not taken for a slow server. */
  wait(option?: 'headersMs' | 'idleMs'): void;
  /** Makes an error of this call. */
  fail<E extends HumanloopError>(
    Class: ErrorClass<E>,
    code: E['code'],
    message: string,
    fields?: Partial<ErrorFields>,
  ): E;
  /** Leaves neither a timer nor a listener behind. */
  dispose(): void;
}

/** Starts a call: listens to the caller's signal and runs the deadlines. */
export function createCall(label: string, timeouts: Timeouts, caller?: AbortSignal | null): Call {
  const controller = new AbortController();
  const start = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nap: ReturnType<typeof setTimeout> | undefined;
  let waitsFor: 'headersMs' | 'idleMs' | undefined;
  let silentSince = 0;
  let disposed = false;

  const call: Call = {
    label,
    controller,
    stats: {
      startedAt: Date.now(),
      headersMs: undefined,
      firstEventMs: undefined,
      endMs: undefined,
      events: 0,
      bytes: 0,
      retries: 0,
    },
    phase: 'connect',
    requestId: undefined,
    idempotent: false,
    elapsedMs: () => performance.now() - start,
    sleep(ms) {
      // A failed attempt leaves its timer behind.
      stopWaiting();
      return new Promise((resolve) => {
        if (!disposed) nap = setTimeout(resolve, ms);
      });
    },
    wait(option) {
      // The headers come once, so their timer goes: it would keep a process alive that leaves its stream unread.
      if (waitsFor === 'headersMs') stopWaiting();
      waitsFor = option;
      if (!option) return;
      silentSince = performance.now();
      // One timer that looks at the clock: setting one for each chunk costs more than parsing it.
      // A key function or middleware may go on after the call is over: its timers would outlive it.
      if (!timer && !disposed) watch(timeouts[option]);
    },
    fail: (Class, code, message, fields) =>
      new Class(`${label}: ${message}`, {
        code,
        phase: call.phase,
        requestId: call.requestId,
        ...call.progress?.(),
        ...fields,
      }),
    dispose() {
      disposed = true;
      stopWaiting();
      clearTimeout(nap);
      clearTimeout(totalTimer);
      caller?.removeEventListener('abort', onCallerAbort);
    },
  };

  function stopWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function timeOut(option: keyof Timeouts): void {
    const code = `${option.slice(0, -2)}-timeout` as TimeoutError['code'];
    call.error ??= call.fail(TimeoutError, code, `timed out after ${timeouts[option]} ms (timeout.${option})`);
    controller.abort(call.error);
  }

  function watch(ms: number, isDue = false): void {
    if (ms === 0) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        // Nobody waits; the next wait starts the timer again.
        if (!waitsFor) return;
        const left = timeouts[waitsFor] - (performance.now() - silentSince);
        if (left >= 1) watch(left);
        else if (isDue) timeOut(waitsFor);
        // A process that was busy finds the timer due and the bytes there: those go first.
        else watch(GRACE_MS, true);
      },
      Math.min(ms, LOOK_MS),
    );
  }

  // Whoever gives its controller by mistake is told before a timer runs.
  if (caller && !('aborted' in caller)) {
    throw call.fail(HumanloopError, 'invalid-request', '`signal` must be an AbortSignal');
  }
  // First: the other listeners ask for the error.
  controller.signal.addEventListener('abort', () => {
    const { reason: cause } = controller.signal as { reason: unknown };
    if (!disposed) call.error ??= call.fail(AbortError, 'aborted', 'aborted by the caller', { cause });
  });
  const onCallerAbort = (): void => controller.abort(caller?.reason);
  const { totalMs } = timeouts;
  const totalTimer =
    totalMs > 0 && totalMs <= LONGEST_TIMER_MS ? setTimeout(() => timeOut('totalMs'), totalMs) : undefined;
  // A stream that nobody reads must not keep a process alive; while somebody waits, one of the other timers does.
  totalTimer?.unref?.();
  if (caller?.aborted) onCallerAbort();
  else caller?.addEventListener('abort', onCallerAbort);
  return call;
}
