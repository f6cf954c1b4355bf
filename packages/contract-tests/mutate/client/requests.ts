import { mutation, type ClientMutation } from './mutation.ts';

export const requestMutations: ClientMutation[] = [
  mutation('the query is forgotten', ['query.ts', 'return search.toString()', "return ''"]),
  mutation('an array is one parameter', [
    'query.ts',
    'Array.isArray(value) ? value : [value]',
    "Array.isArray(value) ? [value.join(',')] : [value]",
  ]),
  mutation('only the first of an array is sent', [
    'query.ts',
    'Array.isArray(value) ? value : [value]',
    'Array.isArray(value) ? value.slice(0, 1) : [value]',
  ]),
  mutation('null is sent as a text', ['query.ts', 'else if (item != null)', 'else if (item !== undefined)']),
  mutation('an object in the query is forgotten', ['query.ts', 'append(search, item as object)', 'search.has(name)']),
  mutation('a date in the query is a local one', ['query.ts', 'item.toISOString()', 'String(item)']),
  mutation('a query parameter goes into the body', [
    'request-init.ts',
    'query?.includes(name)',
    "query?.includes(name) && name === ''",
  ]),
  mutation('an unknown parameter is sent in silence', [
    'request-init.ts',
    'else if (!body) invalid(`\\`${name}\\` is no parameter`);',
    '',
  ]),
  mutation('a missing path parameter is sent', ['request-init.ts', '/^\\.{0,2}$/.test', '/^\\.{9}$/.test']),
  mutation('an id of dots is sent', ['request-init.ts', '/^\\.{0,2}$/', '/^$/']),
  mutation('undefined is sent as a value', ['request-init.ts', 'if (value === undefined) continue;', '']),
  mutation('a list is sent as an object', [
    'request-init.ts',
    'return { body: request };',
    'return { body: { ...request } };',
  ]),
  mutation('a list with parameters stays wrapped', ['request-init.ts', "isList ? fields['body'] : fields", 'fields']),
  mutation(
    'a method is another',
    ['generated/sessions.ts', "{ method: 'POST', path: '/sessions' }", "{ method: 'GET', path: '/sessions' }"],
    [
      'generated/projects.ts',
      "this.call({ method: 'PATCH', path: '/projects/{id}'",
      "this.call({ method: 'POST', path: '/projects/{id}'",
    ],
  ),
  mutation('a path is another', ['generated/sessions.ts', "path: '/sessions/{id}' }", "path: '/session/{id}' }"]),
  mutation('a parameter is not known as query', [
    'generated/sessions.ts',
    "query: ['project_id', 'page', 'size']",
    "query: ['page', 'size']",
  ]),
  mutation('a list counts its pages from 0', ['generated/sessions.ts', ', firstPage: 1', ', firstPage: 0']),
  mutation('a method lacks its body', [
    'generated/experiments.ts',
    "'/experiments/{experiment_id}', body: 'fields'",
    "'/experiments/{experiment_id}'",
  ]),
  mutation('a stream is not asked for', ['core.ts', ', stream: true };', ' };']),
  mutation('a stream does not accept events', [
    'core.ts',
    "'text/event-stream, application/json'",
    "'application/json'",
  ]),
  mutation('a stream accepts nothing else', [
    'core.ts',
    "'text/event-stream, application/json'",
    "'text/event-stream'",
  ]),
  mutation('the headers of a call are forgotten', [
    'core.ts',
    'ours, settings.headers, init.headers)',
    'ours, settings.headers)',
  ]),
  mutation('the headers of the client are forgotten', [
    'core.ts',
    'ours, settings.headers, init.headers)',
    'ours, init.headers)',
  ]),
  mutation('a call cannot set Accept', [
    'core.ts',
    'ours, settings.headers, init.headers)',
    'settings.headers, init.headers, ours)',
  ]),
  mutation('bad headers are not noticed', [
    'options.ts',
    'throw fail(`a header has characters that it cannot carry: ${/^[\\w-]*/.exec(name)?.[0]}`);',
    'void fail;',
  ]),
  mutation('the stream may be asked for by the plain method', ['core.ts', '?.stream) {', "?.stream === 'never') {"]),
  mutation("the client's provider keys win", [
    'resource.ts',
    '{ ...this.#providerApiKeys, ...body.provider_api_keys }',
    '{ ...body.provider_api_keys, ...this.#providerApiKeys }',
  ]),
  mutation("the call's provider keys replace all", [
    'resource.ts',
    '{ ...this.#providerApiKeys, ...body.provider_api_keys }',
    '(body.provider_api_keys ?? this.#providerApiKeys)',
  ]),
  mutation('provider keys go to every operation', [
    'resource.ts',
    'operation.providerApiKeys && this.#providerApiKeys',
    'this.#providerApiKeys',
  ]),
  mutation('provider keys are forgotten', [
    'resource.ts',
    'operation.providerApiKeys && this',
    'operation.path && false && this',
  ]),
  mutation("a call's options are forgotten", ['resource.ts', 'return { ...options, ...init };', 'return { ...init };']),
  mutation('a base URL ends in two slashes', ['options.ts', "?.replace(/\\/+$/, '')", '']),
  mutation('the environment is not read', [
    'options.ts',
    'process?.env[name]?.trim()',
    'process?.env[`${name}_`]?.trim()',
  ]),
  mutation('a base URL may hold a password', ['options.ts', '[^@?#]+', '[^?#]+']),
  mutation('a key is not asked for', [
    'options.ts',
    'if (!apiKey && !hasKey) throw',
    'if (!apiKey && !hasKey && !baseUrl) throw',
  ]),
  mutation('a key may stand in a page', [
    'options.ts',
    "'document' in globalThis && !dangerouslyAllowBrowser",
    "'document' in globalThis && dangerouslyAllowBrowser === false",
  ]),
  mutation('the key keeps its line end', [
    'transport.ts',
    'await apiKey() : apiKey)?.trim()',
    'await apiKey() : apiKey)',
  ]),
  mutation('a bad key reaches fetch', [
    'transport.ts',
    "mergeHeaders(misconfigured, headers, { 'X-API-KEY': key })",
    "{ ...Object.fromEntries(headers), 'X-API-KEY': key }; void mergeHeaders; void misconfigured",
  ]),
  mutation('an empty key is sent', ['transport.ts', "if (!key) throw misconfigured('the API key is empty');", '']),
  mutation('headers of another package are dropped', [
    'options.ts',
    'Symbol.iterator in layer',
    'layer instanceof Headers',
  ]),
  mutation("a call's base URL gets the key", ['core.ts', 'baseUrl, fetch: (sent', 'fetch: (sent']),
  mutation('a timeout that is undefined turns it off', [
    'overlay.ts',
    'entries.filter(([, value]) => value !== undefined)',
    'entries',
  ]),
  mutation('a timeout in ms is that of the headers', ['options.ts', '{ totalMs: timeout }', '{ headersMs: timeout }']),
  mutation('the headers of the client win', [
    'core.ts',
    'ours, settings.headers, init.headers)',
    'ours, init.headers, settings.headers)',
  ]),
  mutation('an error about a header prints its value', [
    'options.ts',
    '${/^[\\w-]*/.exec(name)?.[0]}',
    '${name} ${value}',
  ]),
  mutation('null does not remove a header', [
    'options.ts',
    'mergeHeaderLayers(merged, { [name]: value })',
    'mergeHeaderLayers(merged, { [name]: value ?? undefined })',
  ]),
  mutation('a key that a call brings may stand in a page', [
    'core.ts',
    "if (headers.has('X-API-KEY')) refuseInBrowser(settings);",
    'void refuseInBrowser;',
  ]),
  mutation('withOptions keeps the options of the first client', [
    'humanloop.ts',
    'overlay<HumanloopOptions>(this.#options, options)',
    'overlay<HumanloopOptions>(options, this.#options)',
  ]),
  mutation('calls by path may name another path', [
    'core.ts',
    'checkPath(path, init.params?.path, invalid);',
    'void checkPath;',
  ]),
  mutation('a client takes one key for all calls', [
    'options.ts',
    "typeof options.idempotencyKey === 'string'",
    "options.idempotencyKey === 'never'",
  ]),
  mutation('withOptions forgets middleware', ['humanloop.ts', 'other.use(...this.#middleware);', '']),
  mutation('withOptions brings ejected middleware back', [
    'humanloop.ts',
    'this.#middleware.delete(one);',
    'void one;',
  ]),
];
