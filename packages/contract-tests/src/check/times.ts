/** Times without a zone are UTC. */
export function timeOf(value: unknown): number {
  const text = String(value);
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}
