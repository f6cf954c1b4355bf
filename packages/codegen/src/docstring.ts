const WIDTH = 118;

/**
 * Writes a JSDoc block.
 *
 * Each entry is a text or a tag; `undefined` and empty entries are left out. Lines are broken anew; tags stand together
 * below the text.
 *
 * @param entries - text in Markdown, or lines that begin with `@`.
 * @param indent - what goes before each line.
 * @returns the block with a line break at its end, or `''` when nothing is left to say.
 */
export function docstring(entries: readonly (string | undefined)[], indent = ''): string {
  const said = entries.flatMap((entry) => (entry?.trim() ? [entry.trim().replaceAll('*/', '*\\/')] : []));
  if (said.length === 0) return '';
  const width = WIDTH - indent.length - ' * '.length;
  const lines: string[] = [];
  for (const [index, entry] of said.entries()) {
    const isTag = entry.startsWith('@');
    if (index > 0 && !(isTag && said[index - 1]?.startsWith('@'))) lines.push('');
    lines.push(...wrapLines(entry, width, isTag ? '  ' : ''));
  }
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && only.length + indent.length + '/**  */'.length <= WIDTH) {
    return `${indent}/** ${only} */\n`;
  }
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

/** Breaks a text into lines anew. Paragraphs, list items and rows of a table stay apart. */
export function wrapText(text: string, width = 100): string {
  return wrapLines(text, width, '').join('\n');
}

function wrapLines(text: string, width: number, hang: string): string[] {
  const joined = text.trim().replaceAll(/(?<!\n)\n(?!\n| *(?:[-*] |\d+\. |\|))/g, ' ');
  return joined.split('\n').flatMap((line) => wrap(line, width, hang));
}

function wrap(text: string, width: number, hang: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hang + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
