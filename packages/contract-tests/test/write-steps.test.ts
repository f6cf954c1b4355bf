import { describe, expect, it } from 'vitest';
import { splitEvents } from '../src/mock/event-blocks.ts';
import { parsePlan, planWords } from '../src/mock/plan.ts';
import { planSteps, type Step } from '../src/mock/write-steps.ts';

const text = 'data: {"a":1}\n\n: ping\n\ndata: {"b":"é🙂"}\n\ndata: {"c":3}\n\n';

async function steps(plan: string): Promise<Step[]> {
  return Array.fromAsync(planSteps(splitEvents(text), parsePlan(plan), true));
}

function join(all: Step[]): string {
  return Buffer.concat(all.flatMap((step) => ('write' in step ? [step.write] : []))).toString();
}

describe('splitEvents', () => {
  it.each(['\n', '\r\n', '\r'])('divides at blank lines that end in %j, and loses nothing', (lineEnd) => {
    const styled = text.replaceAll('\n', lineEnd);
    expect(splitEvents(styled)).toHaveLength(4);
    expect(splitEvents(styled).join('')).toBe(styled);
  });

  it('keeps an unfinished event at the end', () => {
    expect(splitEvents('data: 1\n\ndata: 2')).toEqual(['data: 1\n\n', 'data: 2']);
  });
});

describe('planSteps', () => {
  it.each([
    { plan: '', want: 4 },
    { plan: 'chunks=whole', want: 1 },
    { plan: 'chunks=bytes', want: Buffer.byteLength(text) },
  ])('writes $want chunks under "$plan", which are the text', async ({ plan, want }) => {
    const all = await steps(plan);
    expect(all.filter((step) => 'write' in step)).toHaveLength(want);
    expect(join(all)).toBe(text);
    expect(all.at(-1)).toEqual({ finish: 'end', isCut: false });
    expect(all.reduce((sum, step) => sum + ('write' in step ? step.events : 0), 0)).toBe(3);
  });

  it('writes the same random chunks for the same seed, and others for another', async () => {
    const [one, again, other] = await Promise.all([1, 1, 2].map((seed) => steps(`chunks=random,seed=${seed}`)));
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    expect(join(one ?? [])).toBe(text);
  });

  it.each([
    { plan: 'lines=crlf', want: text.replaceAll('\n', '\r\n') },
    { plan: 'lines=cr', want: text.replaceAll('\n', '\r') },
    { plan: 'bom=yes', want: `\uFEFF${text}` },
    { plan: 'comments=yes', want: /^: still here 🙂\n\ndata/ },
    { plan: 'cut=end', want: 'data: {"a":1}\n\n: ping\n\n' },
    { plan: 'cut=end,at=0', want: '' },
    { plan: 'cut=end,where=inside', want: 'data: {"a":1}\n\n: ping\n\ndata: {"b":' },
    { plan: 'cut=end,at=99', want: 'data: {"a":1}\n\n: ping\n\ndata: {"b":"é🙂"}\n\n' },
    { plan: 'inject=done', want: 'data: {"a":1}\n\n: ping\n\ndata: [DONE]\n\ndata: {"b":"é🙂"}\n\ndata: {"c":3}\n\n' },
    { plan: 'inject=done-twice', want: `${text}data: [DONE]\n\ndata: [DONE]\n\n` },
    { plan: 'inject=after-end', want: `${text}data: {"c":3}\n\n` },
    { plan: 'inject=error', want: /^data: {"a":1}\n\n: ping\n\nevent: error\ndata: {[^\n]*}\n\n$/ },
    { plan: 'inject=broken', want: /\n\ndata: {"data": \[{"id":\n\ndata: {"b"/ },
    { plan: 'inject=wrong', want: /\n\ndata: {"answer": 42}\n\ndata: {"b"/ },
  ])('writes what "$plan" says', async ({ plan, want }) => {
    const written = join(await steps(plan));
    if (typeof want === 'string') expect(written).toBe(want);
    else expect(written).toMatch(want);
  });

  it('cuts inside a character of several bytes', async () => {
    const bytes = Buffer.concat(
      (await steps('cut=reset,where=character')).flatMap((step) => ('write' in step ? [step.write] : [])),
    );
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError);
  });

  it.each(['end', 'destroy', 'reset', 'hang'])('finishes with %s when the plan says cut', async (cut) => {
    expect((await steps(`cut=${cut}`)).at(-1)).toEqual({ finish: cut, isCut: true });
  });
});

describe('parsePlan', () => {
  it.each([
    { given: 'chunk=bytes', want: '"chunk=bytes"' },
    { given: 'chunks=letters', want: '"chunks=letters"' },
    { given: 'at=-1', want: '"at=-1"' },
    { given: 'reset', want: '"reset="' },
  ])('refuses "$given" and lists what there is', ({ given, want }) => {
    expect(() => parsePlan(given)).toThrow(want);
    for (const word of Object.keys(planWords)) expect(() => parsePlan(given)).toThrow(`${word}=`);
  });
});
