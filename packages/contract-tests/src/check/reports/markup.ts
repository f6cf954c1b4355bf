const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Makes text safe within XML and HTML, also in attributes; control characters, which XML forbids, become U+FFFD. */
export function escapeMarkup(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 does not allow
  const allowed = text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '\uFFFD');
  return allowed.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A page that needs nothing else. @param style - what it needs beyond the common rules. */
export function writePage(title: string, style: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>
  :root { color-scheme: light dark; --bad: #b3261e; --good: #1b7f4b; --line: color-mix(in srgb, currentColor 18%, transparent); }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; }
  details { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  summary { cursor: pointer; }
  summary span { color: color-mix(in srgb, currentColor 65%, transparent); }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; background: color-mix(in srgb, currentColor 7%, transparent); padding: .6rem .8rem; border-radius: 6px; font-size: .85rem; color: CanvasText; }
${style}</style>
${content}
</html>
`;
}
