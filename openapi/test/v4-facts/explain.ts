/** A group of differences with one reason; `*` in a line stands for any text, also for none. */
export interface Explanation {
  reason: string;
  lines: string[];
}

export interface Outcome {
  /** Differences that no explanation covers. */
  unexplained: string[];
  /** Lines of explanations that cover no difference. */
  unused: string[];
  /** What each line of an explanation covers. */
  covered: Map<string, string[]>;
}

export function explain(differences: string[], explanations: Explanation[]): Outcome {
  const patterns = explanations.flatMap(({ lines }) => lines);
  const covered = new Map(patterns.map((pattern) => [pattern, differences.filter(matcher(pattern))]));
  const explained = new Set([...covered.values()].flat());
  return {
    unexplained: differences.filter((difference) => !explained.has(difference)),
    unused: patterns.filter((pattern) => covered.get(pattern)?.length === 0),
    covered,
  };
}

function matcher(pattern: string): (line: string) => boolean {
  const escaped = pattern.split('*').map((text) => text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  const expression = new RegExp(`^${escaped.join('.*')}$`);
  return (line) => expression.test(line);
}
