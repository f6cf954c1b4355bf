import { mutation, type ClientMutation } from './mutation.ts';

export const answerMutations: ClientMutation[] = [
  mutation('an error is swallowed', ['core.ts', 'if (!response.ok) {', 'if (response.status < 0) {']),
  mutation('a failed call resolves', [
    'core.ts',
    'end({ completed: false, error }); throw error;',
    'end({ completed: false, error }); return undefined as never;',
  ]),
  mutation('an error carries no detail', ['core.ts', 'answer.error,', 'answer.error && undefined,']),
  mutation('an empty answer is an error', ['answer.ts', 'if (!text) return undefined;', '']),
  mutation('an empty error is no error', ['core.ts', 'if (!response.ok) {', 'if (!response.ok && answer.error) {']),
  mutation('a page of HTML is an answer', [
    'answer.ts',
    'return body ?? failOnAnswer(HumanloopError',
    'return body ?? text ?? failOnAnswer(HumanloopError',
  ]),
  mutation('text/prompt is parsed as JSON', [
    'answer.ts',
    'text\\/(html|plain|event-stream)$/',
    'text\\/(html|plain|prompt|event-stream)$/',
  ]),
  mutation('a JSON with a charset is a text', ['answer.ts', ".replace(/;.*/s, '')", '']),
  mutation('a media type in capitals is not known', ['answer.ts', '.trim().toLowerCase()', '.trim()']),
  mutation('a detail with status 200 is a success', ['answer.ts', "join() === 'detail'", "join() === 'none'"]),
  mutation('JSON in place of a stream is read as one', [
    'answer.ts',
    "if (readMediaType(response) === 'text/event-stream')",
    'if (readMediaType(response))',
  ]),
  mutation('a stream without a media type is none', [
    'answer.ts',
    '.test(text)) return { reader, head };',
    '.test(text)) continue;',
  ]),
  mutation('what was read to find out is lost', [
    'core.ts',
    'for (const chunk of head) events.add(chunk);',
    'void head;',
  ]),
  mutation('an error of a page prints nothing of it', [
    'answer.ts',
    'const shown = isPage ?',
    "const shown = text === 'x' ?",
  ]),
  mutation('an error prints the output of a model', ['answer.ts', 'const shown = isPage ?', 'const shown = text ?']),
  mutation('404 is a plain ApiError', ['api-error.ts', '404: [NotFoundError,', '404: [ApiError,']),
  mutation('429 and 503 are the same', ['api-error.ts', '503: [ServiceUnavailableError, ', '503: [RateLimitError, ']),
  mutation('the code of a provider replaces the status', [
    'api-error.ts',
    '(ok && readStatus(detail)) ||',
    '(ok || readStatus(detail) ? readStatus(detail) : 0) ||',
  ]),
  mutation('retryAfterMs is not told', ['api-error.ts', '{ detail, retryAfterMs, headers }', '{ detail, headers }']),
  mutation('the headers of an error are not told', [
    'api-error.ts',
    '{ detail, retryAfterMs, headers }',
    '{ detail, retryAfterMs }',
  ]),
  mutation('the request id of an error is not told', [
    'transport.ts',
    'call.requestId = readRequestId(response);',
    'void readRequestId;',
  ]),
  mutation('the request id has one name only', ['api-error.ts', " ?? headers.get('request-id')", '']),
  mutation('an error in another form has no detail', [
    'api-error.ts',
    'return detail ?? error ?? ((body || undefined) as ErrorDetail | undefined)',
    'return detail',
  ]),
  mutation('an event with a detail is an event', ['api-error.ts', 'detail != null ||', 'detail === 0 ||']),
  mutation('issues without a place are kept', [
    'api-error.ts',
    'items.filter((item): item is ValidationIssue => Array.isArray(Object(item).loc))',
    '(items as ValidationIssue[])',
  ]),
  mutation('messages repeat what was sent', [
    'api-error.ts',
    'map(({ loc }) => loc.join',
    'map(({ loc, msg }) => msg + loc.join',
  ]),
  mutation('the detail of an error is printed', [
    'errors.ts',
    'Object.defineProperty(this, key, { value })',
    'Object.assign(this, { [key]: value })',
  ]),
  mutation('an error has no cause', ['errors.ts', 'cause === undefined ? {} : { cause }', '{}']),
  mutation('errors of another copy are not known', [
    'errors.ts',
    'BRAND + prototype.name in Object(value)',
    'Function.prototype[Symbol.hasInstance].call(this, value)',
  ]),
  mutation('an error has no request id in its message', [
    'errors.ts',
    "(fields.requestId ? ` (${fields.requestId})` : '')",
    "''",
  ]),
  mutation('a page is one too far', ['page.ts', 'this.#load(this.page + 1)', 'this.#load(this.page + 2)']),
  mutation('the last page is left out', [
    'page.ts',
    'pages * this.size >= this.total',
    '(pages + 1) * this.size >= this.total',
  ]),
  mutation('a page too many is asked for', [
    'page.ts',
    'pages * this.size >= this.total',
    'pages * this.size > this.total',
  ]),
  mutation('pages that count from 1 are counted from 0', [
    'page.ts',
    'this.page - this.#firstPage + 1',
    'this.page + 1',
  ]),
  mutation('an empty page is not the last', ['page.ts', 'this.records.length > 0 &&', '']),
  mutation("the server's number of a page counts", [
    'page.ts',
    'number ?? body.page ?? firstPage',
    'body.page ?? number ?? firstPage',
  ]),
  mutation('the next page forgets the request', ['resource.ts', '{ ...request, page }', '{ page }']),
  mutation('the next page forgets the options', [
    'resource.ts',
    '{ ...request, page }, options)',
    '{ ...request, page })',
  ]),
  mutation('observers are not told of the end', ['core.ts', "notify('end', {", "if (outcome.error) notify('end', {"]),
  mutation('an observer that throws breaks the call', [
    'observe.ts',
    'try { await listener?.(event); } catch { // Nobody is there to hear it. }',
    'await listener?.(event);',
  ]),
  mutation('a log holds the body', [
    'logger.ts',
    "write('debug', 'sent')",
    "write('debug', JSON.stringify(event.call.body))",
  ]),
  mutation('a log leaves errors out', ['logger.ts', "error ? 'error' : 'info',", "error ? 'debug' : 'info',"]),
  mutation('one resource is made twice', ['humanloop.ts', 'if (!this.#resources.has(resourceClass))', '']),
  mutation('the key can be read off the client', [
    'humanloop.ts',
    'this.#core = createCore(',
    'Object.assign(this, { options }); this.#core = createCore(',
  ]),
  mutation('the code of a provider with status 200 is not read', [
    'api-error.ts',
    '(ok && readStatus(detail)) ||',
    '(ok && 0) ||',
  ]),
  mutation('an error does not say whether to try again', [
    'api-error.ts',
    "phase: 'headers', retryable }",
    "phase: 'headers' }",
  ]),
];
