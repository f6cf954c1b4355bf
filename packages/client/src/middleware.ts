import type { Middleware, MiddlewareCallbackParams } from 'openapi-fetch';
import { misconfigured } from './options.ts';

/**
 * Takes a request through middleware as openapi-fetch does: `onRequest` in order, `onError` and `onResponse` in reverse. A
 * response in place of a request is the answer.
 *
 * @param context - what each is told besides.
 */
export async function passThrough(
  middleware: readonly Middleware[],
  request: Request,
  context: Omit<MiddlewareCallbackParams, 'request'>,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  for (const one of middleware) {
    const result = checkResult(await one.onRequest?.({ ...context, request }), Request, Response);
    if (result instanceof Response) return result;
    request = result || request;
  }
  const back = middleware.toReversed();
  let response: Response;
  try {
    response = await send(request);
  } catch (error) {
    response = await recover(back, { ...context, request }, error);
  }
  for (const one of back) {
    response = checkResult(await one.onResponse?.({ ...context, request, response }), Response) || response;
  }
  return response;
}

/** Each may put another error in place of the last, or a response in place of the failure. */
async function recover(
  middleware: readonly Middleware[],
  params: MiddlewareCallbackParams,
  error: unknown,
): Promise<Response> {
  for (const one of middleware) {
    const result = checkResult(await one.onError?.({ ...params, error }), Error, Response);
    if (result instanceof Response) return result;
    error = result || error;
  }
  throw error;
}

/** @throws {HumanloopError} code "configuration" */
function checkResult<T>(result: T, ...classes: (new (...args: never[]) => unknown)[]): T {
  if (!result || classes.some((one) => result instanceof one)) return result;
  throw misconfigured('middleware must return a Request, a Response or an Error, each where it fits, or nothing');
}
