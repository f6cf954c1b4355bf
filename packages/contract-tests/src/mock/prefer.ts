/**
 * Reads the preferences that Prism knows from a `Prefer` header (RFC 7240): `code=429`, `example=two-samples`.
 * Others are passed over, as the RFC wants it.
 */
export function parsePrefer(header: string | undefined): { status?: number; example?: string } {
  const preferences = new Map(
    (header ?? '').split(/[,;]/).map((part) => {
      const [name = '', value = ''] = part.split('=').map((text) => text.trim().replaceAll('"', ''));
      return [name.toLowerCase(), value];
    }),
  );
  const code = preferences.get('code');
  const example = preferences.get('example');
  return { ...(code ? { status: Number(code) } : {}), ...(example ? { example } : {}) };
}
