import type { Rule } from './redocly-types.ts';

const longest = 60;

/** A summary is a line of a list: short, in sentence case, without a full stop, and not the same as another. */
export const operationSummary: Rule = () => {
  const seen = new Set<string>();
  return {
    Operation: {
      enter({ summary }, { location, report }) {
        if (typeof summary !== 'string') return;
        const problem = whatIsWrong(summary) ?? (seen.has(summary) ? 'is that of another operation' : undefined);
        if (problem) report({ message: `Summary "${summary}" ${problem}.`, location: location.child('summary') });
        seen.add(summary);
      },
    },
  };
};

function whatIsWrong(summary: string): string | undefined {
  if (summary.length > longest) return `has ${summary.length} characters; at most ${longest}`;
  if (/[.!?\s]$/.test(summary)) return 'must not end in a full stop or a blank';
  if (!/^[A-Z]/.test(summary)) return 'must begin with a capital';
  if (/\s[A-Z][a-z]/.test(summary)) return 'must be in sentence case';
  return undefined;
}
