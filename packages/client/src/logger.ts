import type { ClientEvent } from './observe.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'off';

/** The console's shape. */
export type Logger = Partial<Record<'debug' | 'info' | 'warn' | 'error', (line: string) => void>>;

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'off'];

/** Writes one line for an event, out of method, path template, status, times and counts only. */
export function log(logger: Logger, least: LogLevel, event: ClientEvent): void {
  const { method, path, streams } = event.call;
  const write = (level: keyof Logger, text: string): void => {
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(least)) logger[level]?.(`${method} ${path}: ${text}`);
  };
  if (event.type === 'start') write('debug', 'sent');
  if (event.type === 'retry') write('warn', `retry ${event.retry} in ${Math.round(event.delayMs)} ms`);
  if (event.type === 'response' && streams && event.response.ok)
    write('info', `${event.response.status}, stream begins`);
  if (event.type !== 'end') return;
  const { status, error, durationMs, events, completed, requestId } = event;
  const { name, code } = Object(error) as { name?: string; code?: string };
  const outcome = error ? `${name ?? 'error'}${code ? ` ${code}` : ''}` : completed ? 'done' : 'left early';
  const count = events === undefined ? '' : ` after ${events} events`;
  write(
    error ? 'error' : 'info',
    `${status ?? 'no answer'}, ${outcome}${count} in ${Math.round(durationMs)} ms${requestId ? ` (${requestId})` : ''}`,
  );
}
