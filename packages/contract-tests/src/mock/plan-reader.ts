import type { IncomingHttpHeaders } from 'node:http';
import { messageOf } from '../errors.ts';
import { defaultPlan, parsePlan, planHeader, type Plan } from './plan.ts';

export interface ChosenPlan {
  plan: Plan;
  /** The request's path and query without the segment that chose the plan. */
  url: string;
  /** What is wrong with the plan, if it is misspelt. */
  problem: string | null;
}

/** Some clients write the tilde as `%7E`. */
const segment = /^\/(?:~|%7E)([^/?]*)/i;

/**
 * Makes the function that finds a request's plan: in the header, or else in a first path segment such as
 * `/~chunks=bytes`, for clients that know nothing but a base URL. It counts for `times`.
 *
 * @param otherwise - the plan of requests that choose none.
 */
export function createPlanReader(otherwise = ''): (url: string, headers: IncomingHttpHeaders) => ChosenPlan {
  const counts = new Map<string, number>();
  return (url, headers) => {
    const inPath = segment.exec(url)?.[1];
    const header = headers[planHeader];
    const rest = url.replace(segment, '');
    try {
      const text = header === undefined ? decodeURIComponent(inPath ?? otherwise) : String(header);
      const plan = text === '' ? defaultPlan : parsePlan(text);
      const count = (counts.get(text) ?? 0) + 1;
      if (plan.times > 0) counts.set(text, count);
      return { plan: plan.times > 0 && count > plan.times ? defaultPlan : plan, url: rest, problem: null };
    } catch (error) {
      return { plan: defaultPlan, url: rest, problem: messageOf(error) };
    }
  };
}
