/**
 * Whether an `Accept` header allows a media type (RFC 9110, section 12.5.1). The most specific range that fits decides;
 * no header allows everything.
 */
export function accepts(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const [type = ''] = mediaType.split('/');
  const ranges = accept.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((text) => text.startsWith('q='))?.slice('q='.length) ?? '1';
    return { range, quality: Number(quality) };
  });
  const decisive = [mediaType, `${type}/*`, '*/*']
    .map((wanted) => ranges.find(({ range }) => range === wanted))
    .find((range) => range !== undefined);
  return (decisive?.quality ?? 0) > 0;
}
