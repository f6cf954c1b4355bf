import { asArray, asObject } from '../json.ts';
import type { SpecDocument } from '../spec-document.ts';
import { quote, type Finding } from './finding.ts';
import type { SpecOperation } from './operations.ts';

/** Compares the base URLs that hold for an operation: its own, those of its path, or those of the document. */
export function compareServers(
  base: SpecDocument,
  revision: SpecDocument,
  before: SpecOperation,
  after: SpecOperation,
): Finding[] {
  const [left, right] = [serversOf(base, before), serversOf(revision, after)];
  const findings: Finding[] = [];
  const report = (kind: Finding['kind'], message: string) =>
    findings.push({ kind, direction: 'both', pointer: right.pointer, message });
  const [first, newFirst] = [left.urls[0]?.[0], right.urls[0]?.[0]];
  if (first !== newFirst)
    report(
      'server-default-changed',
      `the default base URL changes from ${quote(first ?? '')} to ${quote(newFirst ?? '')}`,
    );
  const [urls, newUrls] = [new Set(left.urls.flat()), new Set(right.urls.flat())];
  const isDefault = (url: string) => first !== newFirst && (url === first || url === newFirst);
  const isWithin = (url: string, others: Set<string>) => [...others].some((other) => patternOf(other).test(url));
  for (const url of urls)
    if (!isWithin(url, newUrls) && !isDefault(url)) report('server-removed', `${named(url)} is removed`);
  for (const url of newUrls)
    if (!isWithin(url, urls) && !isDefault(url)) report('server-added', `${named(url)} is added`);
  return findings;
}

function named(url: string): string {
  return `the base URL ${quote(url)}${url.includes('{') ? ', with values of your own,' : ''}`;
}

/** What fits a URL in which variables without listed values are left. */
function patternOf(url: string): RegExp {
  const literal = url.split(/\{[^}]*\}/).map((text) => RegExp.escape(text));
  return new RegExp(`^${literal.join('.*')}$`);
}

/**
 * Every URL of each server: that of the defaults first, then those of the listed values of its variables. A variable
 * without such a list can be anything, and stays.
 */
function serversOf(
  document: SpecDocument,
  { operation, pathItem }: SpecOperation,
): { urls: string[][]; pointer: string } {
  for (const owner of [operation, pathItem, document.at('')]) {
    const servers = asArray(asObject(owner.value)['servers']);
    if (servers.length > 0)
      return { urls: servers.map((server) => urlsOf(asObject(server))), pointer: `${owner.pointer}/servers` };
  }
  return { urls: [['/']], pointer: '/servers' };
}

function urlsOf({ url, variables }: Record<string, unknown>): string[] {
  let urls = [String(url)];
  for (const [name, variable] of Object.entries(asObject(variables))) {
    const { default: standard, enum: values } = asObject(variable);
    const others = values === undefined ? [`{${name}}`] : asArray(values).map(String);
    const all = [...new Set([String(standard), ...others])];
    urls = urls.flatMap((template) =>
      template.includes(`{${name}}`) ? all.map((value) => template.replaceAll(`{${name}}`, value)) : [template],
    );
  }
  // A slash at the end says nothing, since paths begin with one.
  return urls.map((text) => (text.length > 1 ? text.replace(/\/$/, '') : text));
}
