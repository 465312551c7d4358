import type { FilterTable } from './join-spec.js';

/** Rows of each table that the order is taken from, evenly spaced. */
const SAMPLED_ROWS = 4096;

/**
 * For each column its place when columns are ordered by p (1 - p) descending, p being the share of ones in
 * a sample; ties by column number. The prefix bound is loose by p (1 - p) for each column behind the prefix
 * (two independent records have at most p in common there, and p^2 on average), so this makes it tightest.
 */
export function columnPlaces(a: FilterTable, b: FilterTable): Uint16Array {
  const { bits } = a;
  const ones = new Float64Array(bits);
  const rows = addOnes(a, ones) + (a === b ? 0 : addOnes(b, ones));
  const variance = ones.map((count) => count * (rows - count));
  const ordered = Array.from(variance.keys()).sort((x, y) => variance[y] - variance[x] || x - y);
  const places = new Uint16Array(bits);
  ordered.forEach((column, place) => { places[column] = place; });
  return places;
}

/** Adds the ones of the sampled rows; returns how many rows there were. */
function addOnes({ filters, records, bits }: FilterTable, ones: Float64Array): number {
  const rows = sampledRows(records, SAMPLED_ROWS);
  for (const row of rows) {
    for (let k = 0, at = (row * bits) / 8; k < bits; k += 8, at++) {
      for (let byte = filters[at]; byte !== 0; byte &= byte - 1) ones[k + Math.clz32(byte & -byte) - 24]++;
    }
  }
  return rows.length;
}

/** At most `most` rows, evenly spaced. */
export function sampledRows(records: number, most: number): Uint32Array {
  const length = Math.min(records, most);
  return Uint32Array.from({ length }, (_, k) => Math.floor((k * records) / length));
}

/**
 * Sets in `words`, which the caller has cleared, the bits of a row at their places: place p is bit p mod 32
 * of word p / 32, which is bit p mod 64 of 64-bit word p / 64 in little-endian memory.
 */
export function placeColumns(
  { filters, bits }: FilterTable, row: number, places: Uint16Array, words: Uint32Array,
): void {
  for (let k = 0, at = (row * bits) / 8; k < bits; k += 8, at++) {
    for (let byte = filters[at]; byte !== 0; byte &= byte - 1) {
      const place = places[k + Math.clz32(byte & -byte) - 24];
      words[place >>> 5] |= 1 << (place & 31);
    }
  }
}
