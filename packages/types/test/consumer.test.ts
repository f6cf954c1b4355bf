import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const EXAMPLES = globSync('*.ts', { cwd: join(import.meta.dirname, '../examples') }).map((file) =>
  join(import.meta.dirname, '../examples', file),
);

/** What a project of the strictest settings says; the declarations of the package are checked as well. */
const STRICTEST: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
};

const resolutions: { name: string; options: ts.CompilerOptions }[] = [
  { name: 'nodenext', options: { module: ts.ModuleKind.NodeNext } },
  {
    name: 'bundler',
    options: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  },
];

test.for(resolutions)('the built package satisfies the strictest consumer, by $name', ({ options }) => {
  const program = ts.createProgram(EXAMPLES, { ...STRICTEST, ...options });
  const problems = ts.getPreEmitDiagnostics(program).map(describe);
  expect(problems, problems.join('\n')).toEqual([]);
  const files = program.getSourceFiles().map((file) => file.fileName);
  expect(files.filter((file) => file.includes('packages/types/dist/'))).toContainEqual(
    expect.stringMatching(/generated\/openapi\.d\.ts$/),
  );
});

/** `read-answer.ts:3: …` */
function describe({ messageText, file, start = 0 }: ts.Diagnostic): string {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  return `${basename(file?.fileName ?? '')}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}
