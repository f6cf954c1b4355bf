import { hasData } from './event-blocks.ts';
import type { Plan } from './plan.ts';

/** One thing to do to a connection. */
export type Step = Write | { finish: 'end' | 'destroy' | 'reset' | 'hang'; isCut: boolean };

interface Write {
  write: Uint8Array;
  /** How many events it completes. */
  events: number;
}

/**
 * Turns an answer into the steps that write it under a plan. Every plan ends in exactly one `finish`.
 *
 * Pure but for reading the blocks: the same blocks and plan give the same steps.
 *
 * @param blocks - the answer's text: one event a block, or one block when it is no event stream.
 * @param isStream - whether the blocks are events; line ends, comments and injected events are for streams alone.
 */
export async function* planSteps(
  blocks: AsyncIterable<string> | Iterable<string>,
  wanted: Plan,
  isStream: boolean,
): AsyncGenerator<Step> {
  const plan = Array.isArray(blocks) ? { ...wanted, at: Math.min(wanted.at, lastEvent(blocks, isStream)) } : wanted;
  const pieces = withCut(isStream ? withInjected(styled(blocks, plan), plan) : plain(blocks), plan);
  let finish: Step = { finish: 'end', isCut: false };
  const chunk = createChunker(plan);
  const held: Write[] = [];
  for await (const piece of pieces) {
    if ('finish' in piece) {
      finish = piece;
      break;
    }
    if (plan.chunks === 'whole') held.push(...chunk(piece));
    else yield* chunk(piece);
  }
  if (held.length > 0) yield joined(held);
  yield finish;
}

function joined(writes: Write[]): Write {
  return {
    write: Buffer.concat(writes.map(({ write }) => write)),
    events: writes.reduce((sum, { events }) => sum + events, 0),
  };
}

/** Index of the last event, counting events alone. */
function lastEvent(blocks: string[], isStream: boolean): number {
  return Math.max(0, blocks.filter((block) => !isStream || hasData(block)).length - 1);
}

interface Piece {
  bytes: Uint8Array;
  isEvent: boolean;
}

const toPiece = (block: string): Piece => ({ bytes: Buffer.from(block), isEvent: hasData(block) });

async function* plain(blocks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Piece> {
  for await (const block of blocks) yield { bytes: Buffer.from(block), isEvent: true };
}

/** Line ends, comments and the byte order mark. */
async function* styled(blocks: AsyncIterable<string> | Iterable<string>, plan: Plan): AsyncGenerator<Piece> {
  const lineEnd = { asis: '$&', lf: '\n', crlf: '\r\n', cr: '\r' }[plan.lines];
  const restyle = (text: string): string => text.replaceAll(/\r\n|\n|\r/g, lineEnd);
  if (plan.bom === 'yes') yield { bytes: Buffer.from('\uFEFF'), isEvent: false };
  for await (const block of blocks) {
    if (plan.comments === 'yes') yield toPiece(restyle(': still here 🙂\n\n'));
    yield toPiece(restyle(block));
  }
}

const errorEvent = `event: error\ndata: ${JSON.stringify({
  type: 'service_unavailable_error',
  message: 'The engine is overloaded.',
  code: 503,
  origin: 'humanloop-contract',
})}\n\n`;

const injected: Record<Exclude<Plan['inject'], 'no' | 'done-twice' | 'after-end'>, Uint8Array> = {
  garbage: Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, ...Buffer.from('<<< no event >>>\n\n')]),
  broken: Buffer.from('data: {"data": [{"id":\n\n'),
  wrong: Buffer.from('data: {"answer": 42}\n\n'),
  error: Buffer.from(errorEvent),
  done: Buffer.from('data: [DONE]\n\n'),
};

async function* withInjected(pieces: AsyncIterable<Piece>, { inject, at }: Plan): AsyncGenerator<Piece> {
  if (inject === 'no') {
    yield* pieces;
    return;
  }
  if (inject === 'done-twice') {
    yield* pieces;
    yield toPiece('data: [DONE]\n\n');
    yield toPiece('data: [DONE]\n\n');
    return;
  }
  if (inject === 'after-end') {
    let last: Piece | undefined;
    for await (const piece of pieces) {
      if (piece.isEvent) last = piece;
      yield piece;
    }
    if (last) yield last;
    return;
  }
  const extra: Piece = { bytes: injected[inject], isEvent: false };
  let before = 0;
  let done = false;
  for await (const piece of pieces) {
    if (!done && piece.isEvent && before === at) {
      yield extra;
      done = true;
      // Our document says that a server closes after an error event.
      if (inject === 'error') return;
    }
    if (piece.isEvent) before += 1;
    yield piece;
  }
  if (!done) yield extra;
}

async function* withCut(
  pieces: AsyncIterable<Piece>,
  { cut, where, at }: Plan,
): AsyncGenerator<Piece | { finish: Exclude<Plan['cut'], 'no'>; isCut: true }> {
  if (cut === 'no') {
    yield* pieces;
    return;
  }
  let before = 0;
  for await (const piece of pieces) {
    if (piece.isEvent && before === at) {
      if (where !== 'between') yield { bytes: beginningOf(piece.bytes, where), isEvent: false };
      break;
    }
    if (piece.isEvent) before += 1;
    yield piece;
  }
  yield { finish: cut, isCut: true };
}

/** The first half of an event, or what comes before the second byte of its first character of several bytes. */
function beginningOf(bytes: Uint8Array, where: 'inside' | 'character'): Uint8Array {
  if (where === 'inside') return bytes.subarray(0, Math.ceil(bytes.length / 2));
  const lead = bytes.findIndex((byte) => byte >= 0xc0);
  // An event in ASCII has no such place. A comment that has one stands in for it.
  return lead < 0 ? Buffer.from(': 🙂').subarray(0, 4) : bytes.subarray(0, lead + 1);
}

/** Divides a piece into chunks. `random` chunks have 1 to 64 bytes and do not mind where an event ends. */
function createChunker(plan: Plan): (piece: Piece) => Iterable<Write> {
  const random = createRandom(plan.seed);
  const sizeOf = {
    whole: () => Infinity,
    events: () => Infinity,
    bytes: () => 1,
    random: () => 1 + Math.floor(random() * 64),
  }[plan.chunks];
  return function* chunk({ bytes, isEvent }) {
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + sizeOf());
      yield { write: bytes.subarray(from, to), events: isEvent && to === bytes.length ? 1 : 0 };
      from = to;
    }
  };
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
