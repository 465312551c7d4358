import { MISSING } from './equal-filters.js';
import { NOBODY } from './partners.js';

/**
 * Frequency alignment (the common first step of Kuzu et al. 2011, Kroll and Steinmetzer 2015, Christen et
 * al. 2017): puts the encoded values and the known values in order of frequency and takes those of one rank
 * for the same, where the frequency (2 rows or more) belongs to one value alone on its side.
 *
 * `encoded` and `known` hold a number for each row, equal for equal values (`equalFilters`). For each
 * encoded row the answer is a number of `known`, or `NOBODY`.
 */
export function alignFrequencies(encoded: Int32Array, known: Int32Array): Int32Array {
  const ours = loneFrequencies(encoded);
  const theirs = loneFrequencies(known);
  const valueOf = new Map<number, number>();
  for (let rank = 0; rank < Math.min(ours.length, theirs.length); rank++) {
    // Ranks go wrong below the first value that only one side has: no attacker can see where that is.
    valueOf.set(ours[rank], theirs[rank]);
  }
  return encoded.map((value) => valueOf.get(value) ?? NOBODY);
}

/** Values whose frequency is at least 2 and shared with no other value, most frequent first. */
export function loneFrequencies(values: Int32Array): number[] {
  const counts = new Map<number, number>();
  for (const value of values) if (value !== MISSING) counts.set(value, (counts.get(value) ?? 0) + 1);
  const valuesWith = new Map<number, number>();
  for (const count of counts.values()) valuesWith.set(count, (valuesWith.get(count) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= 2 && valuesWith.get(count) === 1)
    .sort((a, b) => b[1] - a[1]).map(([value]) => value);
}
