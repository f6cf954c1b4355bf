import { answersNullable } from './answers-nullable.ts';
import { answersOpen } from './answers-open.ts';
import { descriptions } from './descriptions.ts';
import { exampleFiles } from './example-files.ts';
import { examplesPaired } from './examples-paired.ts';
import { examplesPresent } from './examples-present.ts';
import { examplesValid } from './examples-valid.ts';
import { inlineExamples } from './inline-examples.ts';
import { operationId } from './operation-id.ts';
import { operationSummary } from './operation-summary.ts';
import { paragraphs } from './paragraphs.ts';
import type { Plugin } from './redocly-types.ts';
import { serversOnLoopback } from './servers-on-loopback.ts';
import { streaming } from './streaming.ts';

/** Our rules and decorators for Redocly; redocly.yaml switches them on as `humanloop/<name>`. */
export default function plugin(): Plugin {
  return {
    id: 'humanloop',
    rules: {
      oas3: {
        'answers-nullable': answersNullable,
        'answers-open': answersOpen,
        descriptions,
        'example-files': exampleFiles,
        'examples-paired': examplesPaired,
        'examples-present': examplesPresent,
        'examples-valid': examplesValid,
        'operation-id': operationId,
        'operation-summary': operationSummary,
        paragraphs,
        'servers-on-loopback': serversOnLoopback,
        streaming,
      },
    },
    decorators: { oas3: { 'inline-examples': inlineExamples } },
  };
}
