/**
 * How each kind of change is judged, as data. The one place where judgements stand; docs/spec-changes.md shows the
 * same table, made from this one.
 *
 * The view is that of somebody whose code compiles against our types and runs against a server:
 * - major: code that was right may stop compiling, be refused, or read what is no longer there;
 * - minor: something new can be used;
 * - patch: nothing to do.
 */

export const levels = ['none', 'patch', 'minor', 'major'] as const;
export type Level = (typeof levels)[number];
export type Direction = 'request' | 'response' | 'both';

/** What a change does to the set of values that fit: what decides a union, and what `not` turns round. */
export type Effect = 'narrowed' | 'widened' | 'changed' | 'none';

export interface Judgement {
  level: Exclude<Level, 'none'>;
  because: string;
}

export interface Rule {
  /** The kind of change, in words. */
  what: string;
  effect: Effect;
  /** Absent where the direction has no meaning for the kind; then the other one holds. */
  request?: Judgement;
  response?: Judgement;
}

const major = (because: string): Judgement => ({ level: 'major', because });
const minor = (because: string): Judgement => ({ level: 'minor', because });
const patch = (because: string): Judgement => ({ level: 'patch', because });

/** For a kind that has no direction. */
const both = (what: string, judgement: Judgement, effect: Effect = 'none'): Rule => ({
  what,
  effect,
  request: judgement,
});

const refused = 'a request that was accepted may be refused';
const unforeseen = 'an answer may hold what the code was told not to expect';
const accepted = 'more requests are accepted, and the old ones still are';
const promised = 'the server promises more than before';
const gone = 'code that reads it no longer compiles, or finds nothing';

export const rules = {
  // Operations
  'operation-removed': both(
    'an operation is removed',
    major('code that calls it no longer compiles, and the server answers 404'),
  ),
  'operation-added': both('an operation is added', minor('there is something new to call')),
  'operation-moved': both(
    'an operation has another method or path',
    major('its address in the types changes, and the old one answers 404'),
  ),
  'operation-renamed': both(
    'an `operationId` changes',
    major('the method of the client and the entry in `operations` are named after it'),
  ),
  'operation-deprecated': both('an operation is deprecated', minor('it still works; editors now strike it through')),
  'operation-undeprecated': both('an operation is no longer deprecated', patch('nothing to do')),
  'operation-named': both(
    'an operation gets an `operationId`',
    minor('there is a method, and an entry in `operations`, of that name'),
  ),
  'path-parameter-renamed': both(
    'a path parameter has another name',
    major('the property of that name in the request, and the path in the types, change'),
  ),
  'resource-changed': both(
    'the first tag of an operation changes',
    patch('tags sort the documentation; methods follow `operationId`'),
  ),
  'security-narrowed': both(
    'a way to sign in is removed, or needs more',
    major('a call that was let in may be refused'),
  ),
  'security-widened': both('another way to sign in is added, or less is needed', minor('the old way still works')),
  'security-scheme-changed': both(
    'a way to sign in works differently',
    major('credentials sent the old way are not found'),
  ),
  'server-default-changed': both(
    'the default base URL changes',
    major('a client that sets no base URL calls another server'),
  ),
  'server-removed': both(
    'another base URL, or a value of its variables, is removed',
    major('a client that uses it calls a server that is no longer named'),
  ),
  'server-added': both(
    'another base URL, or a value of its variables, is added',
    minor('there is another server to choose'),
  ),
  'callback-removed': both('a callback or webhook is removed', major('a server that waits for it waits for nothing')),
  'callback-added': both('a callback or webhook is added', minor('there is something new to receive')),

  // Parameters and bodies
  'parameter-removed': both('a parameter is removed', major('code that sends it no longer compiles')),
  'parameter-added': {
    what: 'an optional parameter is added',
    effect: 'none',
    request: minor('there is something new to send'),
    response: minor('a webhook brings something new to read'),
  },
  'required-parameter-added': {
    what: 'a required parameter is added',
    effect: 'narrowed',
    request: major('code that does not send it no longer compiles, and is refused'),
    response: minor('a webhook brings something new to read'),
  },
  'parameter-made-required': {
    what: 'a parameter becomes required',
    effect: 'narrowed',
    request: major('code that does not send it no longer compiles, and is refused'),
    response: minor('a webhook always brings it'),
  },
  'parameter-made-optional': {
    what: 'a parameter becomes optional',
    effect: 'widened',
    request: minor('it can be left out'),
    response: major('code that relies on it finds nothing in some webhooks'),
  },
  'parameter-moved': both('a parameter goes to another place', major('the server does not look where it was sent')),
  'parameter-respelled': both(
    'a parameter is written differently on the wire',
    major('the server reads what was sent otherwise, or not at all'),
  ),
  'parameter-loosened': {
    what: 'a parameter may also be written otherwise',
    effect: 'widened',
    request: minor(accepted),
    response: major(unforeseen),
  },
  'body-removed': {
    what: 'a body is removed',
    effect: 'changed',
    request: major('code that sends it no longer compiles'),
    response: major(gone),
  },
  'body-added': {
    what: 'an optional body is added',
    effect: 'none',
    request: minor('there is something new to send'),
    response: minor('there is something new to read'),
  },
  'required-body-added': {
    what: 'a required body is added',
    effect: 'narrowed',
    request: major('code that does not send it no longer compiles, and is refused'),
    response: minor('a webhook brings something new to read'),
  },
  'body-made-required': {
    what: 'a body becomes required',
    effect: 'narrowed',
    request: major('code that does not send it no longer compiles, and is refused'),
    response: minor('a webhook always brings it'),
  },
  'body-made-optional': {
    what: 'a body becomes optional',
    effect: 'widened',
    request: minor('it can be left out'),
    response: major('code that relies on it finds nothing in some webhooks'),
  },
  'media-type-removed': {
    what: 'a media type is removed',
    effect: 'changed',
    request: major('a body of that type is refused with 415'),
    response: major('the answer no longer comes in that type'),
  },
  'media-type-added': {
    what: 'a media type is added',
    effect: 'none',
    request: minor('there is another way to send'),
    response: minor('there is another form to ask for'),
  },
  'sequence-removed': {
    what: 'an `itemSchema` is removed',
    effect: 'changed',
    request: major('items of the sequence are no longer described'),
    response: major('the events are `unknown` in the types; nothing says what they hold'),
  },
  'sequence-added': {
    what: 'an `itemSchema` is added',
    effect: 'none',
    request: minor('the items of the sequence are described'),
    response: minor('the events have a type'),
  },
  'encoding-changed': {
    what: 'the encoding of a part of a form changes',
    effect: 'changed',
    request: major('the server reads the part otherwise'),
    response: major('the part comes otherwise'),
  },

  // Answers
  'success-removed': both(
    'a success status is removed',
    major('its body is gone from the types, and code that waits for that status waits in vain'),
  ),
  'success-added': {
    what: 'a success status with another body is added',
    effect: 'none',
    request: minor('a webhook may also be answered so'),
    response: major('the operation may answer with a body that the code does not know'),
  },
  'success-alias-added': both('a success status with a known body is added', minor('the body is read as before')),
  'error-removed': both(
    'an error status is removed',
    major('its body is gone from the types; the server may answer so with any other body'),
  ),
  'status-covered': both(
    'a status is removed that a range of statuses or `default` takes in',
    minor('its body is described there'),
  ),
  'error-added': both('an error status is added', minor('a failure that was possible before now has a described body')),
  'header-removed': {
    what: 'a header of an answer, or of a part of a form, is removed',
    effect: 'changed',
    request: major('code that sends it no longer compiles'),
    response: major('code that reads it finds nothing'),
  },
  'header-added': {
    what: 'an optional header is added',
    effect: 'none',
    request: minor('there is something new to send'),
    response: minor('there is something new to read'),
  },
  'required-header-added': {
    what: 'a required header is added',
    effect: 'narrowed',
    request: major('a request without it is refused'),
    response: minor('there is something new to read'),
  },
  'header-made-optional': {
    what: 'a header becomes optional',
    effect: 'widened',
    request: minor('it can be left out'),
    response: major('code that relies on it may find nothing'),
  },
  'header-made-required': {
    what: 'a header becomes required',
    effect: 'narrowed',
    request: major('a request without it is refused'),
    response: minor(promised),
  },

  // Properties
  'property-removed': {
    what: 'a property is removed',
    effect: 'widened',
    request: major('code that sends it no longer compiles, and a closed body refuses it'),
    response: major(gone),
  },
  'property-added': {
    what: 'an optional property is added',
    effect: 'narrowed',
    request: minor('there is something new to send'),
    response: minor('there is something new to read'),
  },
  'required-property-added': {
    what: 'a required property is added',
    effect: 'narrowed',
    request: major('code that does not send it no longer compiles, and is refused'),
    response: minor('there is something new to read'),
  },
  'property-made-required': {
    what: 'a property becomes required',
    effect: 'narrowed',
    request: major('code that does not send it no longer compiles, and is refused'),
    response: minor('it is always there'),
  },
  'property-made-optional': {
    what: 'a property becomes optional',
    effect: 'widened',
    request: minor('it can be left out'),
    response: major('code that relies on it no longer compiles, and may find nothing'),
  },
  'properties-closed': {
    what: 'an object refuses properties that it does not name',
    effect: 'narrowed',
    request: major('a request with another property is refused'),
    response: minor(promised),
  },
  'properties-opened': {
    what: 'an object takes properties that it does not name',
    effect: 'widened',
    request: minor(accepted),
    response: minor('readers skip the properties that they do not know, as for any new one'),
  },
  'map-closed': {
    what: 'an object no longer holds entries of any name',
    effect: 'narrowed',
    request: major('code that sends them no longer compiles, and is refused'),
    response: major(gone),
  },

  // Types and values
  'null-removed': {
    what: 'null is no longer a value',
    effect: 'narrowed',
    request: major('code that sends null no longer compiles, and is refused'),
    response: minor('the value is always there; checks for null stay right'),
  },
  'null-added': {
    what: 'null becomes a value',
    effect: 'widened',
    request: minor('null can be sent'),
    response: major('code that reads it without a check for null no longer compiles, and fails'),
  },
  'type-changed': {
    what: 'a type is replaced by another',
    effect: 'changed',
    request: major('code that sends the old type no longer compiles, and is refused'),
    response: major('code that reads the old type no longer compiles, and fails'),
  },
  'type-removed': {
    what: 'a type or variant is removed',
    effect: 'narrowed',
    request: major('code that sends it no longer compiles, and is refused'),
    response: major('code that handles it no longer compiles (TS2339, TS2367)'),
  },
  'type-added': {
    what: 'a type or variant is added',
    effect: 'widened',
    request: minor('there is something new to send'),
    response: major('code that handles all that was possible meets another'),
  },
  'schema-added': {
    what: 'a value that could be anything is described',
    effect: 'narrowed',
    request: major(refused),
    response: minor('what was `unknown` has a type'),
  },
  'schema-removed': {
    what: 'a description of a value is dropped',
    effect: 'widened',
    request: minor(accepted),
    response: major('the type becomes `unknown`, and anything may come'),
  },
  'enum-value-removed': {
    what: 'a value of a closed enum is removed',
    effect: 'narrowed',
    request: major('code that sends it no longer compiles, and is refused'),
    response: major('code that compares with it no longer compiles (TS2367)'),
  },
  'enum-value-added': {
    what: 'a value of a closed enum is added',
    effect: 'widened',
    request: minor('there is something new to send'),
    response: major('a `switch` over all values is no longer complete'),
  },
  'enum-opened': {
    what: 'an enum becomes open',
    effect: 'widened',
    request: minor(accepted),
    response: major('a `switch` over all values is no longer complete'),
  },
  'enum-closed': {
    what: 'only listed values remain',
    effect: 'narrowed',
    request: major('code that sends another value no longer compiles, and is refused'),
    response: minor(promised),
  },
  'known-value-removed': {
    what: 'a value of an open enum is no longer named',
    effect: 'none',
    request: patch('any value is accepted'),
    response: minor('any value may come, as before'),
  },
  'known-value-added': {
    what: 'a value of an open enum is named',
    effect: 'none',
    request: minor('there is something new to send'),
    response: minor('code for an open enum is ready for it'),
  },
  'constraint-tightened': {
    what: 'a bound, format or other condition is added or tightened',
    effect: 'narrowed',
    request: major(refused),
    response: minor(promised),
  },
  'constraint-loosened': {
    what: 'a bound, format or other condition is removed or loosened',
    effect: 'widened',
    request: minor(accepted),
    response: major(unforeseen),
  },
  'constraint-changed': {
    what: 'a bound, format or other condition is replaced',
    effect: 'changed',
    request: major(refused),
    response: major(unforeseen),
  },
  'union-made-exclusive': {
    what: '`anyOf` becomes `oneOf` over variants that overlap',
    effect: 'narrowed',
    request: major('a value that fits two variants is refused'),
    response: patch('the type is the same union'),
  },
  'union-made-inclusive': {
    what: '`oneOf` becomes `anyOf` over variants that overlap',
    effect: 'widened',
    request: minor('a value may fit two variants'),
    response: patch('the type is the same union'),
  },
  'discriminator-changed': {
    what: 'a discriminator, or an entry of its mapping, is removed or changed',
    effect: 'changed',
    request: major('the server takes the value for another variant, or refuses it'),
    response: major('code that tells the variants apart no longer does'),
  },
  'discriminator-added': {
    what: 'a discriminator is added',
    effect: 'narrowed',
    request: major('a value that does not name its variant is refused'),
    response: minor('the variants can be told apart'),
  },
  'discriminator-value-added': {
    what: 'a discriminator has another name for a known variant',
    effect: 'widened',
    request: minor('there is another name to send'),
    response: major('a `switch` over all names is no longer complete'),
  },
  'default-changed': {
    what: 'a default is changed or removed',
    effect: 'none',
    request: major('a request that leaves the value out now means something else'),
    response: patch('the value is in the answer, whatever its default'),
  },
  'default-added': {
    what: 'a default is stated',
    effect: 'none',
    request: minor('what leaving the value out means is now promised'),
    response: patch('the value is in the answer, whatever its default'),
  },
  'xml-changed': {
    what: 'the XML form changes',
    effect: 'changed',
    request: major('elements are named otherwise'),
    response: major('elements are named otherwise'),
  },
  deprecated: {
    what: 'a part is deprecated',
    effect: 'none',
    request: minor('it still works; editors now strike it through'),
    response: minor('it is still sent; editors now strike it through'),
  },
  undeprecated: {
    what: 'a part is no longer deprecated',
    effect: 'none',
    request: patch('nothing to do'),
    response: patch('nothing to do'),
  },

  // Names and words
  'schema-name-removed': both('a named schema is removed', major('the type of that name is gone')),
  'schema-name-added': both('a named schema is added', minor('there is a type of that name')),
  'words-changed': {
    what: 'descriptions, titles, examples, tags, links or extensions change',
    effect: 'none',
    request: patch('only words changed'),
    response: patch('only words changed'),
  },
  rewritten: both('the document says the same in another way', patch('what is sent and what comes back are the same')),
} as const satisfies Record<string, Rule>;

export type Kind = keyof typeof rules;

/** Levels for changes of schemas that no operation uses. */
export const unusedSchemaLevel = 'minor';

export function judge(kind: Kind, direction: Direction): Judgement {
  const rule: Rule = rules[kind];
  const judgement = direction === 'response' ? (rule.response ?? rule.request) : (rule.request ?? rule.response);
  if (!judgement) throw new Error(`the rule ${kind} judges nothing`);
  return judgement;
}

/** What to do about a breaking change, for kinds where that is always the same. */
const advices: Partial<Record<Kind, { request?: string; response?: string }>> = {
  'null-added': { response: 'Check for `null` before you use it' },
  'null-removed': { request: 'Leave the property out, or send a value' },
  'enum-value-added': { response: 'Add a branch for it, or for all other values' },
  'enum-value-removed': { request: 'Send another value', response: 'Remove the branch for it' },
  'enum-opened': { response: 'Add a branch for all other values' },
  'enum-closed': { request: 'Send one of the listed values' },
  'type-added': { response: 'Add a branch for it' },
  'type-removed': { request: 'Send another variant', response: 'Remove the branch for it' },
  'type-changed': { request: 'Send the new type', response: 'Read the new type' },
  'property-made-optional': { response: 'Check that it is there before you use it' },
  'properties-closed': { request: 'Send the named properties only' },
  'map-closed': { request: 'Send the named properties only', response: 'Remove what reads the other entries' },
  'schema-added': { request: 'Make sure that what you send fits' },
  'schema-removed': { response: 'Check what you got before you use it' },
  'schema-name-removed': { request: 'Remove its import, or write the type yourself' },
  'constraint-tightened': { request: 'Make sure that what you send fits' },
  'constraint-loosened': { response: 'Be ready for the other values' },
  'constraint-changed': { request: 'Make sure that what you send fits', response: 'Be ready for the other values' },
  'union-made-exclusive': { request: 'Send what fits one variant only' },
  'discriminator-changed': {
    request: 'Send the name of the variant',
    response: 'Tell the variants apart by their new names',
  },
  'discriminator-added': { request: 'Send the name of the variant' },
  'discriminator-value-added': { response: 'Add a branch for it' },
  'sequence-removed': { response: 'Check each item before you use it' },
  'media-type-removed': { request: 'Send another media type', response: 'Ask for another media type' },
  'encoding-changed': { request: 'Write the part in the new way', response: 'Read the part in the new way' },
  'parameter-moved': { request: 'Send it at its new place' },
  'parameter-respelled': { request: 'Write it in the new way', response: 'Read it in the new way' },
  'parameter-made-optional': { response: 'Check that it is there before you use it' },
  'required-body-added': { request: 'Send a body' },
  'body-made-required': { request: 'Always send a body' },
  'body-made-optional': { response: 'Check that there is a body before you read it' },
  'body-removed': { response: 'Remove what reads the body' },
  'operation-removed': { request: 'Remove the call; nothing takes its place' },
  'callback-removed': { request: 'Remove the code that waits for it' },
  'success-removed': { response: 'Remove what waits for that status' },
  'success-added': { response: 'Be ready for the other body' },
  'error-removed': { response: 'Check the body of such an error before you use it' },
  'header-removed': { request: 'Do not send it', response: 'Remove what reads it' },
  'header-made-optional': { response: 'Check that it is there before you use it' },
  'required-header-added': { request: 'Send it' },
  'header-made-required': { request: 'Always send it' },
  'security-narrowed': { request: 'Send what is asked for now' },
  'security-scheme-changed': { request: 'Send the credentials where they are looked for now' },
  'server-default-changed': { request: 'Set the base URL where you relied on the default' },
  'server-removed': { request: 'Set one of the other base URLs' },
  'xml-changed': { request: 'Write the new names', response: 'Read the new names' },
};

export function advice(kind: Kind, direction: Direction): string | undefined {
  return advices[kind]?.[direction === 'response' ? 'response' : 'request'];
}

export function highest(all: Iterable<Level>): Level {
  let result: Level = 'none';
  for (const level of all) if (levels.indexOf(level) > levels.indexOf(result)) result = level;
  return result;
}
