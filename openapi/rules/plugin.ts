import { inlineExamples } from './inline-examples.ts';
import type { Plugin } from './redocly-types.ts';

/** Our rules and decorators for Redocly; redocly.yaml switches them on as `humanloop/<name>`. */
export default function plugin(): Plugin {
  return {
    id: 'humanloop',
    rules: { oas3: {} },
    decorators: { oas3: { 'inline-examples': inlineExamples } },
  };
}
