import type { BlockedSegment } from './blocked-segment.js';

/** Sampled columns are drawn among this many of the most variable ones of a segment. */
const COLUMN_POOL = 512;
/** Rows that are looked at for the variability of columns. */
const ROWS_LOOKED_AT = 20000;

/** Columns by p (1 - p) descending, in evenly spaced rows; ties by column number. At most `COLUMN_POOL`. */
export function mostVariableColumns(
  { records, rowBytes, filters, weights }: BlockedSegment, bits: number,
): Uint16Array {
  const ones = new Float64Array(bits);
  const step = Math.max(1, Math.floor(records / ROWS_LOOKED_AT));
  let rows = 0;
  for (let row = 0; row < records; row += step) {
    if (weights[row] === 0) continue;
    rows++;
    for (let k = 0; k < bits / 8; k++) {
      let byte = filters[row * rowBytes + k];
      for (let bit = 8 * k + 7; byte !== 0; byte >>= 1, bit--) ones[bit] += byte & 1;
    }
  }
  const variance = ones.map((count) => count * (rows - count));
  return Uint16Array.from(
    Array.from(variance.keys()).sort((x, y) => variance[y] - variance[x] || x - y).slice(0, COLUMN_POOL));
}

/**
 * Share of the columns in which the rows of each pair (row of A and row of B in turn) differ, in [0, 1]; NaN
 * where the segment is missing on either side.
 */
export function differingShares(
  a: BlockedSegment, b: BlockedSegment, columns: Uint16Array, pairs: Uint32Array,
): Float64Array {
  const shares = new Float64Array(pairs.length / 2);
  for (let p = 0; p < shares.length; p++) {
    const i = pairs[2 * p];
    const j = pairs[2 * p + 1];
    if (a.weights[i] === 0 || b.weights[j] === 0) {
      shares[p] = Number.NaN;
      continue;
    }
    let differing = 0;
    for (let c = 0; c < columns.length; c++) {
      const byte = columns[c] >> 3;
      const shift = 7 - (columns[c] & 7);
      differing += ((a.filters[i * a.rowBytes + byte] ^ b.filters[j * b.rowBytes + byte]) >> shift) & 1;
    }
    shares[p] = differing / columns.length;
  }
  // Columns that are left out of the pool may differ: only equal filters are equal.
  for (let p = 0; p < shares.length; p++) {
    if (shares[p] === 0 && !equalRows(a, b, pairs[2 * p], pairs[2 * p + 1])) shares[p] = LEAST_DIFFERING;
  }
  return shares;
}

const LEAST_DIFFERING = 1e-6;

function equalRows(a: BlockedSegment, b: BlockedSegment, i: number, j: number): boolean {
  for (let k = 0; k < a.rowBytes; k++) {
    if (a.filters[i * a.rowBytes + k] !== b.filters[j * b.rowBytes + k]) return false;
  }
  return true;
}

/** Columns of a line that is looked at, see `LookLimits`. */
export const LINE_COLUMNS = 512;
/** More columns than a line has: a pair without the segment is near nowhere. */
const NOWHERE = 65535;
const ONES_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte.toString(2).replaceAll('0', '').length);

/** Of each pair: how many columns of a line differ, in its first half and in all of it. */
export interface LineDifferences {
  readonly inHalf: Uint16Array;
  readonly inLine: Uint16Array;
}

/** Lines that looks can be at; what is left over behind the last whole one is not looked at. */
export function linesOf(bits: number): number {
  return Math.max(1, Math.floor(bits / LINE_COLUMNS));
}

/** What a look sees of each pair (row of A and row of B in turn), line by line. */
export function differencesByLine(
  a: BlockedSegment, b: BlockedSegment, bits: number, pairs: Uint32Array,
): LineDifferences[] {
  const bytes = LINE_COLUMNS / 8;
  return Array.from({ length: linesOf(bits) }, (_, line) => {
    const inHalf = new Uint16Array(pairs.length / 2).fill(NOWHERE);
    const inLine = inHalf.slice();
    for (let p = 0; p < inHalf.length; p++) {
      const [i, j] = [pairs[2 * p], pairs[2 * p + 1]];
      if (a.weights[i] === 0 || b.weights[j] === 0) continue;
      const differing = (from: number): number => {
        let sum = 0;
        for (let k = from; k < Math.min(from + bytes / 2, a.rowBytes); k++) {
          sum += ONES_OF_BYTE[a.filters[i * a.rowBytes + k] ^ b.filters[j * b.rowBytes + k]];
        }
        return sum;
      };
      inHalf[p] = differing(line * bytes);
      inLine[p] = inHalf[p] + differing(line * bytes + bytes / 2);
    }
    return { inHalf, inLine };
  });
}
