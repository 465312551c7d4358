import { WORD, filterBitOf, onesOf, turnBlock } from './bit-matrix.js';

/** A fixed number of rows out of a stream of any length, each row with the same chance. */
export class RowSample {
  private readonly rows: Uint8Array[] = [];
  /** All rows, one after the other: thousands of pieces would take twice the memory. */
  private memory = new Uint8Array(0);
  private seen = 0;
  private state = 0x2545f491;

  constructor(private readonly capacity: number) {}

  /** Offers `bytes[from .. to)`, rows of one length (reservoir sampling, fixed sequence, Vitter 1985). */
  add(bytes: Uint8Array, from: number, to: number): void {
    this.seen++;
    if (this.rows.length < this.capacity) {
      if (this.rows.length === 0) this.memory = new Uint8Array(this.capacity * (to - from));
      const at = this.rows.length * (to - from);
      this.memory.set(bytes.subarray(from, to), at);
      this.rows.push(this.memory.subarray(at, at + to - from));
      return;
    }
    const place = Math.floor(this.nextFraction() * this.seen);
    if (place < this.capacity) this.rows[place].set(bytes.subarray(from, to));
  }

  sample(): readonly Uint8Array[] {
    return this.rows;
  }

  /** xorshift32: which rows are looked at needs no secrecy, only no pattern. */
  private nextFraction(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) / 2 ** 32;
  }
}

/** z for which a standard normal is inside -z .. z with probability 0.99. */
const Z_99 = 2.576;
const MOST_COLUMN_PAIRS = 60_000;

/**
 * How much more the bits of a filter go together than chance would have them: the 99th percentile of |phi|
 * over pairs of columns, in units of what independent columns give (`sqrt(n) / 2.576`): about 1 when the
 * bits are independent. Of at most 60,000 pairs of columns, spread evenly; constant columns are left out;
 * 0 with fewer than two rows or columns left.
 *
 * @param rows filters of `bits` bits, a multiple of 8.
 */
export function bitCorrelation(rows: readonly Uint8Array[], bits: number): number {
  const columns = columnsOf(rows, bits);
  const n = rows.length;
  const shares = columns.map((column) => onesInBoth(column, column) / n);
  const varying = columns.map((_, c) => c).filter((c) => shares[c] > 0 && shares[c] < 1);
  const values = new Float64Array(MOST_COLUMN_PAIRS);
  let count = 0;
  for (const [p, q] of columnPairs(varying.length)) {
    const [a, b] = [varying[p], varying[q]];
    const covariance = onesInBoth(columns[a], columns[b]) / n - shares[a] * shares[b];
    const variance = shares[a] * (1 - shares[a]) * shares[b] * (1 - shares[b]);
    values[count++] = Math.abs(covariance) / Math.sqrt(variance);
  }
  if (count === 0) return 0;
  const sorted = values.subarray(0, count).sort();
  return (sorted[Math.floor(0.99 * (count - 1))] * Math.sqrt(n)) / Z_99;
}

/** Pairs `p < q` below `columns`, row by row, each n-th of them such that they are not too many. */
function* columnPairs(columns: number): Generator<[number, number]> {
  const every = Math.max(1, Math.ceil((columns * (columns - 1)) / 2 / MOST_COLUMN_PAIRS));
  let skip = 0;
  for (let p = 0; p < columns; p++) {
    let q = p + 1 + skip;
    for (; q < columns; q += every) yield [p, q];
    skip = q - columns;
  }
}

/** Bit matrix turned: for each bit of the filters, the rows that have it, 32 rows a word. */
function columnsOf(rows: readonly Uint8Array[], bits: number): Uint32Array[] {
  const columns = Array.from({ length: bits }, () => new Uint32Array(Math.ceil(rows.length / WORD)));
  const block = new Uint32Array(WORD);
  for (let first = 0; first < rows.length; first += WORD) {
    for (let w = 0; w * WORD < bits; w++) {
      for (let r = 0; r < WORD; r++) block[r] = first + r < rows.length ? wordOf(rows[first + r], w) : 0;
      turnBlock(block, 0);
      for (let p = 0; p < WORD; p++) {
        const bit = filterBitOf(w, p);
        if (bit < bits) columns[bit][first / WORD] = block[p];
      }
    }
  }
  return columns;
}

/** Bytes 4w to 4w + 3, the first the lowest; zeros after the end. */
function wordOf(row: Uint8Array, w: number): number {
  const at = 4 * w;
  const byte = (place: number): number => (place < row.length ? row[place] : 0);
  return byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
}

/** Three words become two, of the once and the twice, before ones are counted: that is the longer part. */
function onesInBoth(a: Uint32Array, b: Uint32Array): number {
  let ones = 0;
  let w = 0;
  for (; w + 3 <= a.length; w += 3) {
    const x = a[w] & b[w];
    const y = a[w + 1] & b[w + 1];
    const z = a[w + 2] & b[w + 2];
    const either = x ^ y;
    ones += onesOf(either ^ z) + 2 * onesOf((x & y) | (either & z));
  }
  for (; w < a.length; w++) ones += onesOf(a[w] & b[w]);
  return ones;
}
