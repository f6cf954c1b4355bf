const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Makes text safe within XML and HTML, also in attributes; control characters, which XML forbids, become U+FFFD. */
export function escapeMarkup(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 does not allow
  const allowed = text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '\uFFFD');
  return allowed.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
