const BLOCK = 1024;

/**
 * A text that grows by pieces.
 *
 * Adding each piece to one string builds a tree with a node for each piece, which takes ten times the memory of the
 * text; so pieces are joined block by block.
 */
export class Text {
  length: number;
  #settled: string;
  #recent: string[] = [];

  constructor(text = '') {
    this.#settled = text;
    this.length = text.length;
  }

  append(piece: string): void {
    if (!piece) return;
    this.length += piece.length;
    if (this.#recent.push(piece) >= BLOCK) {
      this.#settled += this.#recent.join('');
      this.#recent = [];
    }
  }

  /** What has come since the text was `offset` characters long. */
  since(offset: number): string {
    let missing = this.length - offset;
    let first = this.#recent.length;
    while (missing > 0 && first > 0) missing -= this.#recent[--first]?.length ?? 0;
    return (missing > 0 ? this.#settled.slice(offset) : '') + this.#recent.slice(first).join('');
  }

  toString(): string {
    return this.#settled + this.#recent.join('');
  }
}
