import { contestants } from './contestants.ts';
import { scenarios } from './data.ts';
import type { Result } from './run.ts';

const WIDTH = 760;
const LABEL = 300;
const BAR = 16;

/** Draws a bar for each contestant and scenario: its speed relative to the floor. */
export function drawChart(results: Record<string, Record<string, Result>>): string {
  const parts: string[] = [];
  let y = 8;
  for (const [scenario, { title }] of Object.entries(scenarios)) {
    y += 18;
    parts.push(`<text x="8" y="${y}" font-weight="bold">${title}</text>`);
    y += 8;
    const floor = results[scenario]?.['floor']?.ms ?? 0;
    for (const [name, { title: who }] of Object.entries(contestants)) {
      const ms = results[scenario]?.[name]?.ms;
      const ratio = ms === undefined ? 0 : floor / ms;
      const width = Math.round(Math.min(ratio, 1.3) * ((WIDTH - LABEL - 60) / 1.3));
      const colour = name === 'ours' ? '#0a7d55' : name === 'floor' ? '#999999' : '#5b7fb5';
      parts.push(
        `<text x="${LABEL - 8}" y="${y + 12}" text-anchor="end">${who}</text>`,
        `<rect x="${LABEL}" y="${y + 1}" width="${width}" height="${BAR - 4}" fill="${colour}"/>`,
        `<text x="${LABEL + width + 6}" y="${y + 12}">${ms === undefined ? 'did not finish' : ratio.toFixed(2)}</text>`,
      );
      y += BAR;
    }
    y += 6;
  }
  const style = 'font-family="system-ui, sans-serif" font-size="12" fill="#333333"';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 8}" ${style}>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`;
}
