import type { Operation } from '../document/operations.ts';
import { toFragment } from '../document/pointer.ts';
import { keywordsAt, type Sampler } from './sample.ts';
import type { Document } from '../document/document.ts';
import type { Schemas } from '../document/schemas.ts';
import type { Case } from './cases.ts';
import { listVariations } from './variations.ts';

/**
 * Writes cases as text that a person reviews: one line a place, with what it accepts and what it refuses. A changed
 * document shows in it as changed verdicts.
 *
 * ```
 * Chats_create  POST /chat
 *   takes  application/json
 *   answers  200 application/json ChatResponse, 200 text/event-stream ChatEvent, 400 application/json ErrorResponse
 *   body num_samples  accepts: missing, 1, 7 · refuses: null, true, 1.5, "text", "", [], {}
 * ```
 */
export function writeRequestVerdicts(document: Document, cases: Case[]): string {
  // Examples are all accepted, or a test fails; naming them here would make each new one a changed verdict.
  const rules = cases.filter(({ kind }) => kind !== 'example');
  const byOperation = Map.groupBy(rules, ({ operation }) => operation);
  return [...byOperation]
    .map(([operation, ofOperation]) => {
      const { id, method, path } = operation;
      const places = Map.groupBy(ofOperation, ({ place }) => place);
      const lines = [...places].map(([place, ofPlace]) => `  ${place}  ${describe(ofPlace)}\n`);
      const takes = operation.body?.content.map(({ mediaType }) => mediaType).join(', ') ?? 'no body';
      return `${id}  ${method} ${path}\n  takes  ${takes}\n  answers  ${describeAnswers(document, operation)}\n${lines.join('')}`;
    })
    .join('\n');
}

/** Writes what each named schema accepts and refuses in its own places; other named schemas stand for themselves. */
export function writeSchemaVerdicts(document: Document, schemas: Schemas, sample: Sampler): string {
  return Object.keys(document.components?.['schemas'] ?? {})
    .map((name) => {
      const schema = ['components', 'schemas', name];
      const judged = listVariations(document, schemas, sample, schema, sample(schema), { goInto: () => 'not' }).map(
        (one) => ({
          place: one.at || '(the value)',
          label: one.label,
          accepted: schemas.check(schema, one.value).length === 0,
          statuses: [],
        }),
      );
      const places = Map.groupBy(judged, ({ place }) => place);
      return `${name}\n${[...places].map(([place, ofPlace]) => `  ${place}  ${describe(ofPlace)}\n`).join('')}`;
    })
    .join('\n');
}

function describeAnswers(document: Document, { responses }: Operation): string {
  return responses
    .flatMap(({ status, content }) =>
      content.length === 0
        ? [`${status} no body`]
        : content.map(({ mediaType, schema, itemSchema }) => {
            const pointer = itemSchema ?? schema;
            const { $ref } = pointer ? keywordsAt(document, pointer) : {};
            const name = typeof $ref === 'string' ? $ref.split('/').at(-1) : pointer && toFragment(pointer);
            return `${status} ${mediaType} ${name}`;
          }),
    )
    .join(', ');
}

function describe(cases: Pick<Case, 'label' | 'accepted' | 'statuses'>[]): string {
  const [accepted, refused] = [true, false].map((side) =>
    cases
      .filter((one) => one.accepted === side)
      .map(({ label, statuses }) => {
        // 422 is the rule, so only others are worth a word.
        const status = side || statuses.length === 0 || statuses.join() === '422' ? '' : ` (${statuses.join(' or ')})`;
        return label + status;
      }),
  );
  return [
    ...(accepted && accepted.length > 0 ? [`accepts: ${accepted.join(', ')}`] : []),
    ...(refused && refused.length > 0 ? [`refuses: ${refused.join(', ')}`] : []),
  ].join(' · ');
}
