/** Reads what the tools of `pnpm check` print, and finds the lines that name a place in a file. */
import { stripVTControlCharacters } from 'node:util';

/**
 * The problems that TypeScript, our linter of the document, oxlint, oxfmt and the generators name, one line each:
 * `packages/client/examples/stream.ts:5: Property 'x' does not exist …`.
 *
 * @param folder - where the tool ran, with a slash at its end; tasks of Turborepo say it themselves.
 */
export function readProblems(output: string, folder = ''): string[] {
  const problems: string[] = [];
  const streams = new Map<string, string[]>();
  for (const line of stripVTControlCharacters(output).split('\n')) {
    const [, name = '', task = '', text = ''] = /^(?:@humanloop-v4\/([\w-]+):([\w:]+): ?)?(.*)$/.exec(line) ?? [];
    const key = `${name} ${task}`;
    streams.set(key, [...(streams.get(key) ?? []), text]);
  }
  for (const [key, lines] of streams) {
    const [name = ''] = key.split(' ');
    const base = name === '' ? folder : name === 'openapi' ? 'openapi/' : `packages/${name}/`;
    for (const [index, line] of lines.entries()) {
      const typeScript = /^(\S+)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line);
      const redocly = /^\[\d+\] (\S+?):(\d+):\d+/.exec(line);
      const oxlint = /^\s*,-\[(\S+?):(\d+):\d+\]/.exec(line);
      const stale = /; run `pnpm generate`|^\S+ \(\d+ms\)$| needed, \w+ written$/.test(line) ? line : undefined;
      // The message of Redocly stands two lines below its place, that of oxlint one line above.
      if (typeScript) problems.push(`${base}${typeScript[1]}:${typeScript[2]}: ${typeScript[3]}`);
      else if (redocly) problems.push(`${base}${redocly[1]}:${redocly[2]}: ${messageAfter(lines, index)}`);
      else if (oxlint) problems.push(`${oxlint[1]}:${oxlint[2]}: ${(lines[index - 1] ?? '').replace(/^\s*x\s*/, '')}`);
      else if (stale !== undefined) problems.push(`${base}${stale.trim()}`);
    }
  }
  return withoutConsequences([...new Set(problems)]);
}

/**
 * One entry for what is to be decided once, although it shows in many places, which then stand below it:
 *
 *     The parameter "x" needs an example. (2 places)
 *         openapi/paths/logs.yaml:23, 92
 */
export function groupProblems(problems: string[]): string[] {
  const groups = Map.groupBy(problems, (problem) => messageOf(problem) ?? problem);
  return [...groups].map(([message, [first = message, ...others]]) =>
    others.length === 0 ? first : `${message} (${others.length + 1} places)${listPlaces([first, ...others])}`,
  );
}

/** The message of `file:line: message`, without where in an example it is. */
function messageOf(problem: string): string | undefined {
  return /^\S+:\d+: (.*)$/.exec(problem)?.[1]?.replace(/(?<=breaks its schema:) \/?\S* (?=must )/, ' ');
}

function listPlaces(problems: string[]): string {
  const files = Map.groupBy(problems, (problem) => problem.replace(/:\d+: .*/, ''));
  const lines = (of: string[]) => [...new Set(of.map((problem) => /:(\d+): /.exec(problem)?.[1]))].join(', ');
  return [...files].map(([file, of]) => `\n    ${file}:${lines(of)}`).join('');
}

/** What TypeScript says only because it did not know a name in the same file. */
const consequence =
  /Unused '@ts-expect-error'|This expression is not callable|implicitly has an 'any' type|on type 'never'|'"Expected: .*Actual: never"'/;

function withoutConsequences(problems: string[]): string[] {
  const fileOf = (problem: string) => problem.replace(/:\d+: .*/, '');
  const causes = new Set(problems.filter((problem) => !consequence.test(problem)).map(fileOf));
  return problems.filter((problem) => !consequence.test(problem) || !causes.has(fileOf(problem)));
}

/** The first line that says something, with the list that may stand below it. */
function messageAfter(lines: string[], index: number): string {
  const start = lines.findIndex((line, at) => at > index && line.trim() !== '');
  const [message = '', ...rest] = lines.slice(start);
  const items: string[] = [];
  for (const line of rest) {
    if (!line.startsWith('- ')) break;
    items.push(line.slice('- '.length));
  }
  return `${message.trimEnd()} ${items.join(', ')}`.trimEnd();
}
