import type { BlockedSegment } from './blocked-segment.js';
import type { BlockingTable } from './blocking-table.js';

/** Rows that have a key, by key, then row; `keys[k]` is the key of `rows[k]`. */
export interface TableIndex {
  readonly rows: Uint32Array;
  readonly keys: Uint32Array;
}

/** Puts the rows into the order of a table; `among` (ascending) restricts it. Missing is no key. */
export function indexTable(
  table: BlockingTable, segment: BlockedSegment, among: Uint32Array | null = null,
): TableIndex {
  const rows = presentRows(segment, among);
  const keys = new Uint32Array(rows.length);
  if (table.kind === 'sampled') gatherKeys(segment, rows, table.columns, keys);
  else if (segment.hashes) for (let k = 0; k < keys.length; k++) keys[k] = segment.hashes[rows[k]];
  else hashRows(segment, rows, keys);
  return sortByKey(rows, keys, table.kind === 'sampled' ? table.columns.length : 32);
}

function presentRows({ records, weights }: BlockedSegment, among: Uint32Array | null): Uint32Array {
  if (among) return among.filter((row) => weights[row] > 0);
  const rows = new Uint32Array(records);
  let length = 0;
  for (let row = 0; row < records; row++) if (weights[row] > 0) rows[length++] = row;
  return rows.subarray(0, length);
}

/** The bits in the listed columns, the first one most significant. */
function gatherKeys(
  { filters, rowBytes }: BlockedSegment, rows: Uint32Array, columns: Uint16Array, keys: Uint32Array,
): void {
  const width = columns.length;
  const byteOf = Int32Array.from(columns, (column) => column >> 3);
  const shiftOf = Int32Array.from(columns, (column) => 7 - (column & 7));
  for (let k = 0; k < rows.length; k++) {
    const start = rows[k] * rowBytes;
    let key = 0;
    for (let c = 0; c < width; c++) key = (key << 1) | ((filters[start + byteOf[c]] >> shiftOf[c]) & 1);
    keys[k] = key;
  }
}

/**
 * 32-bit hash of whole filters or block keys (the word-wise mixing of MurmurHash3, A. Appleby, public
 * domain). Unequal ones that share a hash become candidates too, and comparison then tells them apart.
 */
function hashRows({ filters, rowBytes }: BlockedSegment, rows: Uint32Array, keys: Uint32Array): void {
  const wordsInRow = rowBytes >> 2;
  const aligned = rowBytes % 4 === 0 && filters.byteOffset % 4 === 0;
  const words = aligned
    ? new Uint32Array(filters.buffer, filters.byteOffset, filters.byteLength >> 2) : null;
  for (let k = 0; k < rows.length; k++) {
    let hash = 0x9747b28c;
    if (words) {
      const start = rows[k] * wordsInRow;
      for (let w = start; w < start + wordsInRow; w++) hash = mixed(hash, words[w]);
    } else {
      const start = rows[k] * rowBytes;
      for (let at = start; at < start + rowBytes; at++) hash = mixed(hash, filters[at]);
    }
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    keys[k] = (hash ^ (hash >>> 13)) >>> 0;
  }
}

function mixed(hash: number, word: number): number {
  const part = Math.imul(word, 0xcc9e2d51);
  const turned = hash ^ Math.imul((part << 15) | (part >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Radix sort by the low `bits` bits of the keys; rows of equal keys stay in order. */
function sortByKey(rows: Uint32Array, keys: Uint32Array, bits: number): TableIndex {
  let from: TableIndex = { rows, keys };
  let to: TableIndex = { rows: new Uint32Array(rows.length), keys: new Uint32Array(rows.length) };
  for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
    sortByDigit(from, to, shift);
    [from, to] = [to, from];
  }
  return from;
}

function sortByDigit(from: TableIndex, to: TableIndex, shift: number): void {
  const { keys, rows } = from;
  const starts = new Uint32Array(DIGITS + 1);
  for (let k = 0; k < keys.length; k++) starts[((keys[k] >>> shift) & (DIGITS - 1)) + 1]++;
  for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] += starts[digit];
  for (let k = 0; k < keys.length; k++) {
    const place = starts[(keys[k] >>> shift) & (DIGITS - 1)]++;
    to.keys[place] = keys[k];
    to.rows[place] = rows[k];
  }
}
