import { VinculumError } from '#libs/record';
import { clkBytes, readFilter, type ClkForm } from './bit-order.js';
import type { ClkRow } from './clk-json-reader.js';

/**
 * Reads filters that lie back to back, `clkBytes(bits)` bytes each, as they arrive. Memory is bounded by one
 * filter.
 */
export class ClkBinaryReader {
  private readonly held: Uint8Array;
  private filled = 0;
  private count = 0;

  constructor(private readonly form: ClkForm) {
    this.held = new Uint8Array(clkBytes(form.bits));
  }

  /** The rows that end in this chunk, in order. */
  push(chunk: Uint8Array): ClkRow[] {
    const rows: ClkRow[] = [];
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + this.held.length - this.filled);
      this.held.set(piece, this.filled);
      this.filled += piece.length;
      at += piece.length;
      if (this.filled < this.held.length) break;
      this.filled = 0;
      this.count++;
      const filter = readFilter(this.held, this.form);
      rows.push(typeof filter === 'string' ? { reason: filter } : { filter });
    }
    return rows;
  }

  /**
   * Number of rows, refused ones included.
   *
   * @throws VinculumError CLKS_INVALID when the last filter is not whole.
   */
  finish(): number {
    if (this.filled === 0) return this.count;
    const row = this.count + 1;
    throw new VinculumError('CLKS_INVALID',
      `expected filters of ${this.held.length} bytes each, got ${this.filled} bytes at the end`,
      [{ row, reason: 'the filter is not whole' }]);
  }
}
