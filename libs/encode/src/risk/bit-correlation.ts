// Once: where the global object is a sandbox, as in tests, each look-up of Math outweighs the instruction.
const { imul } = Math;

/** A fixed number of rows out of a stream of any length, each row with the same chance. */
export class RowSample {
  private readonly rows: Uint8Array[] = [];
  private seen = 0;
  private state = 0x2545f491;

  constructor(private readonly capacity: number) {}

  /** Offers the row `bytes[from .. to)` (reservoir sampling with a fixed sequence, Vitter 1985). */
  add(bytes: Uint8Array, from: number, to: number): void {
    this.seen++;
    if (this.rows.length < this.capacity) {
      this.rows.push(bytes.slice(from, to));
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
 */
export function bitCorrelation(rows: readonly Uint8Array[], bits: number): number {
  const columns = columnsOf(rows, bits);
  const counts = columns.map(onesIn);
  const n = rows.length;
  const varying = columns.map((_, c) => c).filter((c) => counts[c] > 0 && counts[c] < n);
  const all = (varying.length * (varying.length - 1)) / 2;
  const every = Math.max(1, Math.ceil(all / MOST_COLUMN_PAIRS));
  const values: number[] = [];
  let pair = 0;
  for (let p = 0; p < varying.length; p++) {
    for (let q = p + 1; q < varying.length; q++) {
      if (pair++ % every !== 0) continue;
      const [a, b] = [varying[p], varying[q]];
      const both = onesInBoth(columns[a], columns[b]);
      const covariance = both / n - (counts[a] / n) * (counts[b] / n);
      const variance = (counts[a] / n) * (1 - counts[a] / n) * (counts[b] / n) * (1 - counts[b] / n);
      values.push(Math.abs(covariance) / Math.sqrt(variance));
    }
  }
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return (sorted[Math.floor(0.99 * (sorted.length - 1))] * Math.sqrt(n)) / Z_99;
}

/** Bit matrix turned: for each bit of the filters, the rows that have it, 32 rows a word. */
function columnsOf(rows: readonly Uint8Array[], bits: number): Uint32Array[] {
  const columns = Array.from({ length: bits }, () => new Uint32Array(Math.ceil(rows.length / 32)));
  rows.forEach((row, r) => {
    for (let bit = 0; bit < bits; bit++) {
      if ((row[bit >> 3] >> (7 - (bit & 7))) & 1) columns[bit][r >> 5] |= 1 << (r & 31);
    }
  });
  return columns;
}

function onesIn(words: Uint32Array): number {
  return onesInBoth(words, words);
}

function onesInBoth(a: Uint32Array, b: Uint32Array): number {
  let ones = 0;
  for (let w = 0; w < a.length; w++) {
    let x = a[w] & b[w];
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    ones += imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return ones;
}
