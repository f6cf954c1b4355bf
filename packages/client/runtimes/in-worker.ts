/** Runs the cases in a worker: the target is the body of the request. */
import { runCases, type Target } from './cases.ts';

export default {
  fetch: async (request: Request): Promise<Response> => Response.json(await runCases((await request.json()) as Target)),
};
