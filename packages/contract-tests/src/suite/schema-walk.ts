import { isRecord, type Document } from '../document/document.ts';
import { fromFragment, toFragment, valueAt, type Pointer } from '../document/pointer.ts';
import { createKeywordJudge } from '../document/schemas.ts';
import { placeOf } from './schema-place.ts';

/** Something that a schema says in one place, which a value can keep or break. */
export interface Rule {
  /** `ChatRequest.messages[].role`; as people speak of it. */
  place: string;
  /** `property`: the value there keeps its whole schema. */
  keyword: string;
  /** `ChatRequest.messages[].role enum user`: the place and the keyword, and the entry where a list's entries count. */
  name: string;
}

/** Told of each rule that a value meets on its way through a schema. */
export type Note = (rule: Rule, isKept: boolean) => void;

/** Follows values through the schemas of a document. */
export interface Walk {
  /**
   * Notes each rule that applies to the value, or to a part of it, in every branch of a choice.
   *
   * @returns whether the value is valid.
   */
  judge(schema: Pointer, value: unknown, note: Note): boolean;
  /** All rules that a value of these schemas can meet, once each. */
  listRules(schemas: Iterable<Pointer>): Rule[];
}

/** A schema; its parts are made when it is first met, because schemas may contain themselves. */
interface Node {
  pointer: Pointer;
  parts?: Part[];
}

/** One keyword of one schema. */
interface Part {
  rules: Rule[];
  /** The schemas that it leads to. */
  next: Node[];
  /** Undefined when it does not apply to the value. */
  judge(value: unknown, note: Note): boolean | undefined;
}

/** Keywords that say nothing of a value by themselves. */
const silent = new Set(
  [
    'title description default example examples deprecated readOnly writeOnly $comment $id $schema $defs',
    'contentMediaType contentEncoding discriminator externalDocs xml',
    // Parts of others, with which AJV judges them.
    'then else minContains maxContains',
  ].flatMap((names) => names.split(' ')),
);

/** What AJV has to see beside a keyword to judge it. */
const companions: Record<string, string[]> = { if: ['then', 'else'], contains: ['minContains', 'maxContains'] };

/**
 * Makes the walk through a document's schemas. It follows references, branches, properties and items by itself, since AJV
 * says nothing of rules that were kept, nor of branches that did not fit; what a single keyword means is left to AJV.
 */
export function createWalk(document: Document): Walk {
  const judgeKeyword = createKeywordJudge(document);
  const known = new Map<string, Node>();

  const nodeAt = (pointer: Pointer): Node => {
    const key = toFragment(pointer);
    const node = known.get(key) ?? { pointer };
    known.set(key, node);
    return node;
  };

  const partsOf = (node: Node): Part[] => (node.parts ??= listParts(node.pointer));

  const judge = (node: Node, value: unknown, note: Note): boolean => {
    let isValid = true;
    for (const part of partsOf(node)) if (part.judge(value, note) === false) isValid = false;
    return isValid;
  };

  function listParts(pointer: Pointer): Part[] {
    const schema = valueAt(document, pointer);
    const place = placeOf(document, pointer);
    if (schema === false) return [{ rules: [], next: [], judge: () => false }];
    if (!isRecord(schema)) return [];
    return Object.keys(schema)
      .filter((keyword) => !silent.has(keyword) && !keyword.startsWith('x-'))
      .flatMap((keyword) => {
        const make = walked[keyword];
        return make ? make({ pointer, place, keyword, schema }) : [judgeWhole({ pointer, place, keyword, schema })];
      });
  }

  interface Found {
    pointer: Pointer;
    place: string;
    keyword: string;
    schema: Record<string, unknown>;
  }

  /** A rule that is kept when the check of a value says so. */
  const toPart = (rule: Rule, next: Node[], check: (value: unknown, note: Note) => boolean | undefined): Part => ({
    rules: [rule],
    next,
    judge: (value, note) => {
      const isKept = check(value, note);
      if (isKept !== undefined) note(rule, isKept);
      return isKept;
    },
  });

  const judgeWhole = ({ place, keyword, schema }: Found): Part => {
    const names = [keyword, ...(companions[keyword] ?? [])].filter((name) => name in schema);
    const check = judgeKeyword(Object.fromEntries(names.map((name) => [name, schema[name]])));
    return toPart(toRule(place, keyword), [], check);
  };

  /** How many of the branches fit; each is looked at, though one may be enough. */
  const countFitting = (branches: Node[], value: unknown, note: Note): number =>
    branches.filter((branch) => judge(branch, value, note)).length;

  const walkBranches =
    (isEnough: (fitting: number, of: number) => boolean) =>
    ({ pointer, place, keyword, schema }: Found): Part[] => {
      const branches = (schema[keyword] as unknown[]).map((_, index) => nodeAt([...pointer, keyword, String(index)]));
      const rule = toRule(place, keyword);
      return [toPart(rule, branches, (value, note) => isEnough(countFitting(branches, value, note), branches.length))];
    };

  /** Each entry of the list is a rule, and the list is one: `null` may be allowed, and never have been tried. */
  const walkEntries = (found: Found): Part[] => {
    const { place, keyword, schema } = found;
    const list = schema[keyword];
    const whole = judgeWhole(found);
    if (!Array.isArray(list)) return [whole];
    const entries = list.map((entry: unknown) => ({
      rule: toRule(place, keyword, typeof entry === 'string' ? entry : JSON.stringify(entry)),
      check: judgeKeyword(keyword === 'enum' ? { const: entry } : { [keyword]: entry }),
    }));
    return [
      {
        rules: [...whole.rules, ...entries.map(({ rule }) => rule)],
        next: [],
        judge: (value, note) => {
          for (const { rule, check } of entries) note(rule, check(value) === true);
          return whole.judge(value, note);
        },
      },
    ];
  };

  const walked: Record<string, (found: Found) => Part[]> = {
    $ref: ({ place, schema }) => {
      const target = fromFragment(String(schema['$ref']));
      const rule = toRule(place, '$ref', placeOf(document, target));
      const node = nodeAt(target);
      return [toPart(rule, [node], (value, note) => judge(node, value, note))];
    },
    allOf: walkBranches((fitting, of) => fitting === of),
    anyOf: walkBranches((fitting) => fitting > 0),
    oneOf: walkBranches((fitting) => fitting === 1),
    type: walkEntries,
    enum: walkEntries,
    required: ({ place, schema }) =>
      (schema['required'] as string[]).map((name) => {
        const rule = toRule(place, 'required', name);
        return toPart(rule, [], (value) => (isRecord(value) ? Object.hasOwn(value, name) : undefined));
      }),
    properties: ({ pointer, schema }) =>
      Object.keys(schema['properties'] as object).map((name) => {
        const at = nodeAt([...pointer, 'properties', name]);
        const property = placeOf(document, at.pointer);
        const rule: Rule = { place: property, keyword: 'property', name: property };
        return toPart(rule, [at], (value, note) =>
          isRecord(value) && Object.hasOwn(value, name) ? judge(at, value[name], note) : undefined,
        );
      }),
    patternProperties: ({ pointer, place, schema }) =>
      Object.keys(schema['patternProperties'] as object).map((pattern) => {
        const at = nodeAt([...pointer, 'patternProperties', pattern]);
        const fits = new RegExp(pattern, 'u');
        const rule = toRule(place, 'patternProperties', pattern);
        return toPart(rule, [at], (value, note) => {
          const names = isRecord(value) ? Object.keys(value).filter((name) => fits.test(name)) : [];
          return names.length > 0 ? judgeAll(at, pick(value, names), note) : undefined;
        });
      }),
    additionalProperties: ({ pointer, place, schema }) => {
      const at = nodeAt([...pointer, 'additionalProperties']);
      const declared = Object.keys((schema['properties'] as object | undefined) ?? {});
      const patterns = Object.keys((schema['patternProperties'] as object | undefined) ?? {});
      const fits = patterns.map((pattern) => new RegExp(pattern, 'u'));
      const isClosed = schema['additionalProperties'] === false;
      const rule = toRule(place, 'additionalProperties');
      return [
        toPart(rule, [at], (value, note) => {
          if (!isRecord(value)) return undefined;
          const more = Object.keys(value).filter(
            (name) => !declared.includes(name) && !fits.some((pattern) => pattern.test(name)),
          );
          if (more.length === 0) return isClosed ? true : undefined;
          return judgeAll(at, pick(value, more), note);
        }),
      ];
    },
    items: ({ pointer, place }) => {
      const at = nodeAt([...pointer, 'items']);
      const rule = toRule(place, 'items');
      return [
        toPart(rule, [at], (value, note) =>
          Array.isArray(value) && value.length > 0 ? judgeAll(at, value, note) : undefined,
        ),
      ];
    },
    contentSchema: ({ pointer, place }) => {
      const at = nodeAt([...pointer, 'contentSchema']);
      const rule = toRule(place, 'contentSchema');
      return [
        toPart(rule, [at], (value, note) => {
          if (typeof value !== 'string') return undefined;
          const content = parseJson(value);
          return content !== undefined && judge(at, content, note);
        }),
      ];
    },
  };

  /** Not `every`, which would stop at the first fault. */
  const judgeAll = (at: Node, values: unknown[], note: Note): boolean =>
    values.filter((value) => !judge(at, value, note)).length === 0;

  return {
    judge: (schema, value, note) => judge(nodeAt(schema), value, note),
    listRules(schemas) {
      const seen = new Set<Node>();
      const open = Array.from(schemas, nodeAt);
      const rules: Rule[] = [];
      for (let at = open.pop(); at; at = open.pop()) {
        if (seen.has(at)) continue;
        seen.add(at);
        for (const part of partsOf(at)) {
          rules.push(...part.rules);
          open.push(...part.next);
        }
      }
      return rules;
    },
  };
}

function toRule(place: string, keyword: string, entry?: string): Rule {
  return { place, keyword, name: [place, keyword, ...(entry === undefined ? [] : [entry])].join(' ') };
}

function pick(value: unknown, names: string[]): unknown[] {
  return names.map((name) => (value as Record<string, unknown>)[name]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
