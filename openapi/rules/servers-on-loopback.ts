import { childNodes, type Rule } from './redocly-types.ts';

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * No server of the document lies outside this machine. The host of the closed service may one day belong to somebody
 * else: whoever takes the document as it stands must not send a key there.
 */
export const serversOnLoopback: Rule = () => ({
  Server: {
    enter(server, { location, report }) {
      const defaults = childNodes(server.variables).map(
        ([name, variable]) => [name, String(variable.default)] as const,
      );
      const url = defaults.reduce((url, [name, value]) => url.replaceAll(`{${name}}`, value), String(server.url));
      if (loopback.has(hostOf(url))) return;
      report({ message: `By default the server is ${url}; it must be on a loopback address.`, location });
    },
  },
});

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
