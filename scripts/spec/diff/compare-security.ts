import { asArray, asObject, asText, isEqual, isObject, stableStringify } from '../json.ts';
import type { SpecDocument } from '../spec-document.ts';
import { quote, type Finding } from './finding.ts';
import type { SpecOperation } from './operations.ts';

/** One way to sign in: what each scheme is, and the scopes it needs. No scheme means that anybody is let in. */
type Alternative = Map<string, { name: string; scopes: Set<string>; addresses: Set<string> }>;

/** Compares the ways to sign in to an operation. Schemes are known by what they are, so that a new name is no change. */
export function compareSecurity(
  base: SpecDocument,
  revision: SpecDocument,
  before: SpecOperation,
  after: SpecOperation,
): Finding[] {
  const [left, right] = [alternativesOf(base, before), alternativesOf(revision, after)];
  const pointer =
    isObject(after.operation.value) && 'security' in after.operation.value
      ? `${after.operation.pointer}/security`
      : '/security';
  const findings: Finding[] = [];
  const report = (kind: Finding['kind'], message: string, at = pointer) =>
    findings.push({ kind, direction: 'both', pointer: at, message });
  const lost = left.filter((alternative) => !right.some((other) => satisfies(alternative, other)));
  const gained = right.filter((alternative) => !left.some((other) => satisfies(alternative, other)));
  for (const alternative of lost) {
    const changed = schemeChanges(alternative, right, base, revision);
    if (changed.length === 0) report('security-narrowed', `${describe(alternative)} no longer suffices`);
    for (const name of changed) {
      report(
        'security-scheme-changed',
        schemeMessage(name, schemeOf(base, name), schemeOf(revision, name)),
        `/components/securitySchemes/${name}`,
      );
    }
  }
  if (findings.some(({ kind }) => kind === 'security-scheme-changed')) return findings;
  for (const alternative of gained) report('security-widened', `${describe(alternative)} suffices now`);
  return findings;
}

function alternativesOf(document: SpecDocument, { operation }: SpecOperation): Alternative[] {
  const own = asObject(operation.value)['security'];
  const requirements = asArray(own ?? document.root['security']).map(asObject);
  const alternatives = requirements.map(
    (requirement): Alternative =>
      new Map(
        Object.entries(requirement).map(([name, scopes]) => [
          schemeText(document, name),
          { name, scopes: new Set(asArray(scopes).map(String)), addresses: addressesOf(schemeOf(document, name)) },
        ]),
      ),
  );
  return alternatives.length === 0 ? [new Map()] : alternatives;
}

/** What a scheme is, without its name, words and the addresses of OAuth 2. */
function schemeText(document: SpecDocument, name: string): string {
  const scheme = schemeOf(document, name);
  if (scheme === undefined) return name;
  const { type, in: place, name: field, scheme: method, openIdConnectUrl } = scheme;
  return stableStringify({
    type,
    place,
    field: place === 'header' ? String(field).toLowerCase() : field,
    method: typeof method === 'string' ? method.toLowerCase() : method,
    openIdConnectUrl,
  });
}

/** Where the flows of OAuth 2 send people and code: `clientCredentials tokenUrl https://…`. */
function addressesOf(scheme: Record<string, unknown> | undefined): Set<string> {
  const flows = Object.entries(asObject(scheme?.['flows']));
  return new Set(
    flows.flatMap(([flow, details]) =>
      ['authorizationUrl', 'tokenUrl', 'deviceAuthorizationUrl', 'refreshUrl'].flatMap((keyword) => {
        const address = asObject(details)[keyword];
        return address === undefined ? [] : `${flow} ${keyword} ${asText(address)}`;
      }),
    ),
  );
}

function schemeOf(document: SpecDocument, name: string): Record<string, unknown> | undefined {
  const located = document.deref(document.at(`/components/securitySchemes/${name}`));
  return isObject(located.value) ? located.value : undefined;
}

/** Whether credentials for the first are enough for the second. */
function satisfies(held: Alternative, needed: Alternative): boolean {
  return [...needed].every(([scheme, { scopes, addresses }]) => {
    const own = held.get(scheme);
    return own !== undefined && scopes.isSubsetOf(own.scopes) && own.addresses.isSubsetOf(addresses);
  });
}

/** Names of schemes that are still asked for, under the same name, and work differently. */
function schemeChanges(
  alternative: Alternative,
  others: Alternative[],
  base: SpecDocument,
  revision: SpecDocument,
): string[] {
  const names = new Set(others.flatMap((other) => [...other.values()].map(({ name }) => name)));
  return [...alternative.values()]
    .map(({ name }) => name)
    .filter((name) => {
      const [left, right] = [base, revision].map((document) => addressesOf(schemeOf(document, name)));
      const isOtherKind = !isEqual(schemeText(base, name), schemeText(revision, name));
      return names.has(name) && (isOtherKind || (left && right && !left.isSubsetOf(right)));
    });
}

type Scheme = Record<string, unknown> | undefined;

/** What becomes of a scheme, or where its tokens come from now. */
function schemeMessage(name: string, before: Scheme, after: Scheme): string {
  const [left, right] = [describeScheme(before), describeScheme(after)];
  if (left !== right) return `the security scheme ${quote(name)} changes from ${left} to ${right}`;
  const [lost, gained] = [
    addressesOf(before).difference(addressesOf(after)),
    addressesOf(after).difference(addressesOf(before)),
  ];
  const list = (addresses: Set<string>) => [...addresses].map(quote).join(', ');
  const now = gained.size > 0 ? `, and has ${list(gained)}` : '';
  return lost.size > 0
    ? `the security scheme ${quote(name)} no longer has ${list(lost)}${now}`
    : `the security scheme ${quote(name)} changes`;
}

function describeScheme(scheme: Scheme): string {
  const { type, in: place, name, scheme: method, openIdConnectUrl } = asObject(scheme);
  if (type === 'apiKey') return `the ${asText(place)} ${quote(asText(name))}`;
  if (type === 'http') return `HTTP ${quote(asText(method).toLowerCase())}`;
  return type === 'openIdConnect' ? `OpenID Connect at ${quote(asText(openIdConnectUrl))}` : quote(asText(type));
}

function describe(alternative: Alternative): string {
  if (alternative.size === 0) return 'no key';
  return [...alternative.values()]
    .map(({ name, scopes }) => quote(name) + (scopes.size > 0 ? ` with ${[...scopes].map(quote).join(', ')}` : ''))
    .join(' with ');
}

/** Scopes and flows of OAuth 2 that no operation asks for by name, yet people may. */
export function compareSchemes(base: SpecDocument, revision: SpecDocument): Finding[] {
  const findings: Finding[] = [];
  for (const name of Object.keys(asObject(base.at('/components/securitySchemes').value))) {
    const [left, right] = [schemeOf(base, name), schemeOf(revision, name)];
    if (!left || !right) continue;
    const pointer = `/components/securitySchemes/${name}`;
    const [flows, newFlows] = [left, right].map((scheme) => asObject(scheme['flows']));
    for (const flow of Object.keys({ ...flows, ...newFlows })) {
      if (flows?.[flow] === undefined) {
        const message = `the flow ${quote(flow)} of the scheme ${quote(name)} is added`;
        findings.push({ kind: 'security-widened', direction: 'both', pointer, message });
      }
      if (flows?.[flow] === undefined || newFlows?.[flow] === undefined) continue;
      const [refresh, newRefresh] = [flows[flow], newFlows[flow]].map((details) => asObject(details)['refreshUrl']);
      if (refresh === undefined && newRefresh !== undefined) {
        const message = `the flow ${quote(flow)} gets a \`refreshUrl\``;
        findings.push({ kind: 'security-widened', direction: 'both', pointer, message });
      }
      const [scopes, newScopes] = [flows[flow], newFlows[flow]].map(
        (details) => new Set(Object.keys(asObject(asObject(details)['scopes']))),
      );
      for (const scope of scopes?.difference(newScopes ?? new Set()) ?? []) {
        findings.push({
          kind: 'security-narrowed',
          direction: 'both',
          pointer,
          message: `the scope ${quote(scope)} is removed`,
        });
      }
      for (const scope of newScopes?.difference(scopes ?? new Set()) ?? []) {
        findings.push({
          kind: 'security-widened',
          direction: 'both',
          pointer,
          message: `the scope ${quote(scope)} is added`,
        });
      }
    }
    const [was, is] = [left, right].map((scheme) => scheme['deprecated'] === true);
    if (was !== is)
      findings.push({
        kind: is ? 'deprecated' : 'undeprecated',
        direction: 'both',
        pointer,
        message: `the scheme ${quote(name)} is ${is ? '' : 'no longer '}deprecated`,
      });
    for (const keyword of ['description', 'bearerFormat']) {
      if (!isEqual(left[keyword], right[keyword]))
        findings.push({
          kind: 'words-changed',
          direction: 'both',
          pointer: `${pointer}/${keyword}`,
          message: `${quote(keyword)} changes`,
        });
    }
  }
  return findings;
}
