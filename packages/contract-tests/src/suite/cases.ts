import { isRecord, type Document } from '../document/document.ts';
import { successOf, type Operation, type Parameter } from '../document/operations.ts';
import type { Schemas } from '../document/schemas.ts';
import { takesQueryName } from '../mock/query.ts';
import { lookUp } from '../document/pointer.ts';
import { validRequest, type RequestParts } from './request.ts';
import { keywordsAt, layersOf, type Sampler } from './sample.ts';
import { listVariations } from './variations.ts';

/** One request, and what the document says to it. */
export interface Case {
  operation: Operation;
  /** Which rule it is about. `unknown query`: stricter than v4 was; servers that ignore unknown names exist. */
  kind:
    | 'example'
    | 'body'
    | 'query'
    | 'unknown query'
    | 'path'
    | 'credential'
    | 'no body'
    | 'content type'
    | 'not json';
  /** Where it differs from a valid request: `body messages[].role`, `query page`. */
  place: string;
  /** What is there: `null`, `missing`. */
  label: string;
  request: RequestParts;
  accepted: boolean;
  /** The statuses that a server may answer with. */
  statuses: number[];
}

export interface CaseSources {
  document: Document;
  schemas: Schemas;
  sample: Sampler;
}

/**
 * Every case that the document gives for one operation, on both sides of each rule. Whether a request is valid is
 * decided by AJV with the document's schemas, and by nothing that a server or a mock says.
 */
export function listCases(sources: CaseSources, operation: Operation): Case[] {
  const success = [successOf(operation).status];
  const valid = validRequest(operation);
  const toCase = (
    kind: Case['kind'],
    place: string,
    label: string,
    request: RequestParts,
    verdict: true | number[],
  ): Case => ({
    operation,
    kind,
    place,
    label,
    request,
    accepted: verdict === true,
    statuses: verdict === true ? success : verdict,
  });

  const cases: Case[] = [];
  if (!operation.body) cases.push(toCase('example', 'request', 'valid', valid, true));
  for (const content of operation.body?.content ?? []) {
    const judge = (value: unknown): true | number[] =>
      content.schema === null || sources.schemas.check(content.schema, value).length === 0 || [422];
    for (const { name, value } of content.examples) {
      cases.push(toCase('example', 'body', `the example ${name}`, validRequest(operation, value), judge(value)));
    }
    const first = content.examples[0];
    if (!content.schema || !first) continue;
    for (const { at, label, value } of listVariations(
      sources.document,
      sources.schemas,
      sources.sample,
      content.schema,
      first.value,
    )) {
      const place = at === '' ? 'body' : `body ${at}`;
      cases.push(toCase('body', place, label, validRequest(operation, value), judge(value)));
    }
    cases.push(
      toCase('not json', 'body', 'not JSON', { ...valid, body: '{"a":' }, [400, 422]),
      toCase(
        'content type',
        'header Content-Type',
        'text/plain',
        { ...valid, headers: { ...valid.headers, 'content-type': 'text/plain' } },
        [415, 422],
      ),
    );
    if (operation.body?.required) {
      cases.push(
        toCase('no body', 'body', 'none', { ...valid, headers: keysOnly(operation, valid), body: undefined }, [422]),
      );
    }
  }

  for (const parameter of operation.parameters) {
    if (parameter.in === 'query') cases.push(...queryCases(sources, parameter, valid, toCase));
    if (parameter.in === 'path') {
      const request = { ...valid, path: { ...valid.path, [parameter.name]: 'ä b/c%' } };
      cases.push(toCase('path', `path ${parameter.name}`, '"ä b/c%"', request, true));
    }
  }
  cases.push(
    toCase(
      'unknown query',
      'query',
      'unknown name',
      { ...valid, query: [...valid.query, ['unknown_name', '1']] },
      [422],
    ),
  );
  for (const header of operation.keyHeaders) {
    const { [header]: _, ...others } = valid.headers;
    cases.push(
      toCase('credential', `header ${header}`, 'missing', { ...valid, headers: others }, [401]),
      toCase('credential', `header ${header}`, 'empty', { ...valid, headers: { ...others, [header]: '' } }, [401]),
    );
  }
  return cases;
}

type ToCase = (
  kind: Case['kind'],
  place: string,
  label: string,
  request: RequestParts,
  verdict: true | number[],
) => Case;

function queryCases(
  { document, schemas }: CaseSources,
  parameter: Parameter,
  valid: RequestParts,
  toCase: ToCase,
): Case[] {
  const place = `query ${parameter.name}`;
  const others = valid.query.filter(([name]) => name !== parameter.name);
  const withValues = (...values: [string, string][]): RequestParts => ({ ...valid, query: [...others, ...values] });
  const schema = lookUp(document, parameter.schema).value;

  if (parameter.explode && isRecord(schema) && schema['type'] === 'object') {
    const example = isRecord(parameter.example) ? parameter.example : {};
    const judgeName = (name: string): true | number[] => takesQueryName(document, parameter, name) || [422];
    return [
      ...Object.entries(example).map(([name, value]) =>
        toCase('query', place, `${name}=${String(value)}`, withValues([name, String(value)]), judgeName(name)),
      ),
      toCase(
        'unknown query',
        place,
        `sent as ${parameter.name}`,
        withValues([parameter.name, 'text']),
        judgeName(parameter.name),
      ),
    ];
  }
  const isList = isRecord(schema) && schema['type'] === 'array';
  const judge = (values: string[]): true | number[] =>
    schemas.checkText(parameter.schema, isList ? values : values[0]).length === 0 || [422];
  const good = String([parameter.example].flat()[0]);
  const texts = new Map(
    [...anyTexts, ...enumTexts(document, parameter)].map((text) => [JSON.stringify(text), text] as const),
  ).set('the example', good);
  if (hasPattern(document, parameter)) texts.set('more before it', `x${good}`).set('more after it', `${good}x`);
  return [
    ...[...texts].map(([label, text]) =>
      toCase('query', place, label, withValues([parameter.name, text]), judge([text])),
    ),
    // Before a good one, because some servers look at the last value only.
    ...(isList ? [...texts] : []).map(([label, text]) => {
      const request = withValues([parameter.name, text], [parameter.name, good]);
      return toCase('query', place, `${label} before another`, request, judge([text, good]));
    }),
    ...(parameter.required ? [toCase('query', place, 'missing', withValues(), [422])] : []),
    // Whether an empty text is a value is left open for texts; it is no number, no truth value and no enum value.
    ...(judge(['']) === true ? [] : [toCase('query', place, '""', withValues([parameter.name, '']), [422])]),
  ];
}

function hasPattern(document: Document, { schema }: Parameter): boolean {
  const items = [...schema, 'items'];
  const { type } = keywordsAt(document, lookUp(document, schema).pointer);
  return layersOf(document, type === 'array' ? items : schema).some(
    (layer) => 'pattern' in keywordsAt(document, layer),
  );
}

/** Texts that are valid for some types of parameters and not for others. */
const anyTexts = ['text', '7', '1.5', 'true', '2024-07-08', '2024-13-99'];

/** The values of an enum, and one beside them. */
function enumTexts(document: Document, parameter: Parameter): string[] {
  return layersOf(document, parameter.schema).flatMap((layer) => {
    const values = keywordsAt(document, layer)['enum'];
    return Array.isArray(values) ? values.map(String).concat('unknown value') : [];
  });
}

function keysOnly(operation: Operation, { headers }: RequestParts): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => operation.keyHeaders.includes(name)));
}
