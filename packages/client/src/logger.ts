import { type Observer, tell } from './observe.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'off';

/** The console's shape. */
export type Logger = Partial<Record<'debug' | 'info' | 'warn' | 'error', (line: string) => void>>;

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'off'];

/**
 * Makes an observer that writes a line for each request and each end of a stream, out of method, path template, status,
 * times and counts only: no keys, no prompts, no outputs.
 */
export function createLogObserver(logger: Logger, least: LogLevel = 'info'): Observer {
  return (event) => {
    const { method, path, streams } = event.call;
    const write = (level: keyof Logger, text: string): void => {
      if (LEVELS.indexOf(level) >= LEVELS.indexOf(least))
        void tell(logger[level]?.bind(logger), `${method} ${path}: ${text}`);
    };
    if (event.type === 'start') write('debug', 'sent');
    if (event.type === 'retry') write('warn', `retry ${event.retry} in ${Math.round(event.delayMs)} ms`);
    if (event.type === 'response' && streams && event.response.ok)
      write('info', `${event.response.status}, headers came`);
    if (event.type !== 'end') return;
    const { response, error, stream, completed, requestId, durationMs } = event;
    const { name = 'error', code = '' } = Object(error) as { name?: string; code?: string };
    const outcome = error ? `${name} ${code}`.trim() : completed ? 'done' : 'left early';
    const count = stream ? ` after ${stream.stats.events} events` : '';
    const id = requestId ? ` (${requestId})` : '';
    write(
      // Whoever aborts knows: clients that go away are no failures.
      error && name !== 'AbortError' ? 'error' : 'info',
      `${response?.status ?? 'no answer'}, ${outcome}${count} in ${Math.round(durationMs)} ms${id}`,
    );
  };
}
