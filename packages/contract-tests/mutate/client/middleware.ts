import { mutation, type ClientMutation } from './mutation.ts';

export const middlewareMutations: ClientMutation[] = [
  mutation('middleware is asked in reverse', [
    'middleware.ts',
    'for (const one of middleware) { const result = checkResult(await one.onRequest?.({ ...context, request }), Request, Response);',
    'for (const one of middleware.toReversed()) { const result = checkResult(await one.onRequest?.({ ...context, request }), Request, Response);',
  ]),
  mutation('middleware is told of an answer in order', [
    'middleware.ts',
    'for (const one of back)',
    'for (const one of middleware)',
  ]),
  mutation('middleware is told of a failure in order', [
    'middleware.ts',
    'await recover(back,',
    'await recover(middleware,',
  ]),
  mutation('what middleware answers itself is not the answer', [
    'middleware.ts',
    'if (result instanceof Response) return result; request =',
    'if (result instanceof Response) continue; request =',
  ]),
  mutation('what middleware answers itself is told to the others', [
    'middleware.ts',
    'if (result instanceof Response) return result; request =',
    'if (result instanceof Response) { for (const other of middleware) await other.onResponse?.({ ...context, request, response: result }); return result; } request =',
  ]),
  mutation('the request that middleware puts in place is not sent', [
    'middleware.ts',
    'request = result || request;',
    '',
  ]),
  mutation('the next middleware sees the first request', [
    'middleware.ts',
    'for (const one of middleware) { const result = checkResult(await one.onRequest?.({ ...context, request }), Request, Response);',
    'const first = request; for (const one of middleware) { const result = checkResult(await one.onRequest?.({ ...context, request: first }), Request, Response);',
  ]),
  mutation('middleware sees the first request when the answer comes', [
    'middleware.ts',
    'response = checkResult(await one.onResponse?.({ ...context, request, response }), Response) || response;',
    'response = checkResult(await one.onResponse?.({ ...context, request: new Request(request.url.split("?")[0]!, request), response }), Response) || response;',
  ]),
  mutation('the error that middleware puts in place is not told', ['middleware.ts', 'error = result || error;', '']),
  mutation('a failure that middleware says nothing of is none', [
    'middleware.ts',
    'error = result || error;',
    'error = result;',
  ]),
  mutation('the response that middleware puts in place of a failure is not the answer', [
    'middleware.ts',
    'if (result instanceof Response) return result; error =',
    'if (result instanceof Response) continue; error =',
  ]),
  mutation('middleware is not told of a response in place of a failure', [
    'middleware.ts',
    'response = await recover(back, { ...context, request }, error);',
    'return recover(back, { ...context, request }, error);',
  ]),
  mutation('middleware is told of no failure', [
    'middleware.ts',
    'response = await recover(back, { ...context, request }, error);',
    'throw error;',
  ]),
  mutation('the response that middleware puts in place is not the answer', [
    'middleware.ts',
    'response = checkResult(await one.onResponse?.({ ...context, request, response }), Response) || response;',
    'checkResult(await one.onResponse?.({ ...context, request, response }), Response);',
  ]),
  mutation('what is no middleware breaks the call', ['core.ts', '.filter(Boolean)', '']),
  mutation('middleware that is taken away stays', [
    'core.ts',
    'for (const one of removed) middleware.delete(one);',
    'void removed;',
  ]),
  mutation('one middleware that is taken away takes all with it', [
    'core.ts',
    'for (const one of removed) middleware.delete(one);',
    'if (removed.length > 0) middleware.clear();',
  ]),
  mutation('the middleware of a call is forgotten', [
    'core.ts',
    '[...middleware, ...(init.middleware ?? [])]',
    '[...middleware]',
  ]),
  mutation('the middleware of a call stays with the client', [
    'core.ts',
    '[...middleware, ...(init.middleware ?? [])]',
    '[...(init.middleware ?? []).reduce((all, one) => all.add(one), middleware)]',
  ]),
  mutation('the middleware of a call goes first', [
    'core.ts',
    '[...middleware, ...(init.middleware ?? [])]',
    '[...(init.middleware ?? []), ...middleware]',
  ]),
  mutation('an answer that middleware gives has no request id', [
    'core.ts',
    'call.requestId = readRequestId(response) ?? call.requestId;',
    '',
  ]),
  mutation('an answer whose headers middleware drops has no request id', [
    'core.ts',
    'readRequestId(response) ?? call.requestId',
    'readRequestId(response)',
  ]),
  mutation('what middleware returns is not looked at', [
    'middleware.ts',
    'if (!result || classes.some((one) => result instanceof one)) return result;',
    'if (classes) return result;',
  ]),
  mutation('what is falsy stands in place of a request', ['middleware.ts', 'result || request', 'result ?? request']),
  mutation('what is falsy stands in place of a response', [
    'middleware.ts',
    'Response) || response',
    'Response) ?? response',
  ]),
  mutation('what is falsy stands in place of an error', ['middleware.ts', 'result || error', 'result ?? error']),
  mutation('an idempotency key that middleware sets changes nothing', [
    'transport.ts',
    'call.idempotent = isIdempotent(method, headers);',
    '',
  ]),
  mutation('a body that middleware has read is told by the runtime', ['core.ts', 'checkUnread(answer);', '']),
  mutation('all calls have one id', ['core.ts', 'Math.random().toString(36).slice(2)', "'1'"]),
  mutation('middleware is not told the parameters', [
    'core.ts',
    'schemaPath: path, params, id',
    'schemaPath: path, params: {}, id',
  ]),
  mutation('middleware is told the path without its template', [
    'core.ts',
    'schemaPath: path,',
    'schemaPath: createUrl(path, params, invalid),',
  ]),
  mutation('middleware is not told the options', [
    'core.ts',
    'options: { baseUrl, parseAs } as never',
    'options: {} as never',
  ]),
  mutation('middleware sees the key', [
    'core.ts',
    'body: body === undefined ? null : JSON.stringify(body), });',
    "body: body === undefined ? null : JSON.stringify(body), }); request.headers.set('X-API-KEY', String(settings.apiKey));",
  ]),
];
