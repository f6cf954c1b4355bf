import { ContractError } from '../errors.ts';

/** How an answer is written, and what goes wrong with it. */
export interface Plan {
  /** How the bytes are divided. An `event` is everything up to and with the blank line. */
  chunks: 'whole' | 'events' | 'bytes' | 'random';
  /** Seeds `chunks=random`; the same seed gives the same chunks. */
  seed: number;
  /** Pause between two chunks, ms; null means what the mock was started with. */
  delay: number | null;
  /** Wait before the status line, ms. */
  first: number;
  /** Line ends of an event stream. */
  lines: 'asis' | 'lf' | 'crlf' | 'cr';
  /** Whether a comment stands before each event. */
  comments: 'no' | 'yes';
  /** Whether the stream begins with a byte order mark. */
  bom: 'no' | 'yes';
  /** How the answer breaks off: a clean end, a closed socket, a reset socket, or silence. */
  cut: 'no' | 'end' | 'destroy' | 'reset' | 'hang';
  /** Where it breaks off: after `at` events, in the middle of the next one, or inside a UTF-8 character of it. */
  where: 'between' | 'inside' | 'character';
  /** How many events come before the cut or the injected event. The last event at the latest is cut or preceded. */
  at: number;
  /**
   * What is put into the stream. `garbage`: bytes that are not UTF-8 and no event. `broken`: an event whose data is
   * not JSON. `wrong`: an event whose data is JSON of another shape. `error`: an error event, and the end. `done`:
   * `[DONE]` in the middle. `done-twice`: `[DONE]` twice at the end. `after-end`: an event after the last one.
   */
  inject: 'no' | 'garbage' | 'broken' | 'wrong' | 'error' | 'done' | 'done-twice' | 'after-end';
  /** What comes in place of the answer: 200 with a web page, or an error with Retry-After. */
  answer: 'no' | 'html' | '429' | '503';
  /** Retry-After of `answer=429` and `answer=503`, s. */
  retry: number;
  /** How many requests with this plan it applies to, as a whole; 0 means all. */
  times: number;
}

/** The request header that chooses a plan. */
export const planHeader = 'x-contract-plan';

/** Every word of a plan: the values it may take, or `number`, and its default. */
export const planWords: { [Word in keyof Plan]: { values: readonly string[] | 'number'; default: Plan[Word] } } = {
  chunks: { values: ['whole', 'events', 'bytes', 'random'], default: 'events' },
  seed: { values: 'number', default: 1 },
  delay: { values: 'number', default: null },
  first: { values: 'number', default: 0 },
  lines: { values: ['asis', 'lf', 'crlf', 'cr'], default: 'asis' },
  comments: { values: ['no', 'yes'], default: 'no' },
  bom: { values: ['no', 'yes'], default: 'no' },
  cut: { values: ['no', 'end', 'destroy', 'reset', 'hang'], default: 'no' },
  where: { values: ['between', 'inside', 'character'], default: 'between' },
  at: { values: 'number', default: 1 },
  inject: {
    values: ['no', 'garbage', 'broken', 'wrong', 'error', 'done', 'done-twice', 'after-end'],
    default: 'no',
  },
  answer: { values: ['no', 'html', '429', '503'], default: 'no' },
  retry: { values: 'number', default: 1 },
  times: { values: 'number', default: 0 },
};

export const defaultPlan: Plan = readWords([]);

/**
 * Reads a plan such as `chunks=bytes,cut=reset,at=2`.
 *
 * @throws {ContractError} `bad-option` when a word or a value is misspelt; the message lists what there is.
 */
export function parsePlan(text: string): Plan {
  const words = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [word = '', ...rest] = part.split('=');
      return [word, rest.join('=')] as const;
    });
  for (const [word, value] of words) {
    const known = Object.hasOwn(planWords, word) ? planWords[word as keyof Plan].values : undefined;
    const fits = known === 'number' ? /^\d{1,9}$/.test(value) : known?.includes(value);
    if (!fits)
      throw new ContractError('bad-option', `The plan "${text}" has the unknown part "${word}=${value}". ${help()}`);
  }
  return readWords(words);
}

function readWords(words: (readonly [string, string])[]): Plan {
  const said = new Map(words);
  const entries = Object.entries(planWords).map(([word, { values, default: fallback }]) => {
    const value = said.get(word);
    if (value === undefined) return [word, fallback];
    return [word, values === 'number' ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function help(): string {
  const words = Object.entries(planWords).map(
    ([word, { values }]) => `${word}=${values === 'number' ? 'NUMBER' : values.join('|')}`,
  );
  return `A plan is made of these, with commas between them: ${words.join(', ')}.`;
}
