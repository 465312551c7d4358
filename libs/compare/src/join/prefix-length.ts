import { VinculumError } from '#libs/record';
import { ones } from '../dice.js';
import { leastCommonOnes } from '../least-intersection.js';
import { placeColumns, sampledRows } from './column-order.js';
import type { JoinCost } from './join-kernel.js';
import type { FilterTable } from './join-spec.js';

/** Lengths of the prefix, in 64-bit words, for which the kernels have a scan. */
export const PREFIX_LENGTHS = [4, 5, 6, 7, 8, 10, 12, 16] as const;
/** Rows sampled of each side: all their pairs are tried. */
const SAMPLED_ROWS = 128;

/**
 * The prefix length at which a pair costs least on average, from the share of sampled pairs that survive the
 * prefix bound. The longest one that fits is the scan without a prefix where filters have 16 words at most.
 *
 * @param words length of the filters in 64-bit words, padded to 4 at least.
 */
export function choosePrefixWords(
  a: FilterTable, b: FilterTable, places: Uint16Array, words: number, similarity: number, cost: JoinCost,
): number {
  const lengths = fittingLengths(words);
  const survivors = survivingPairs(sampledFilters(a, places, words), sampledFilters(b, places, words),
    lengths, similarity);
  const pairs = Math.max(1, Math.min(a.records, SAMPLED_ROWS) * Math.min(b.records, SAMPLED_ROWS));
  const costOf = (k: number): number => lengths[k] * cost.word
    + (survivors[k] / pairs) * (cost.survivor + words - lengths[k]);
  const costs = lengths.map((_, k) => costOf(k));
  return lengths[costs.indexOf(Math.min(...costs))];
}

/** 32-bit words of the sampled rows, columns at their places. */
function sampledFilters(table: FilterTable, places: Uint16Array, words: number): Uint32Array[] {
  return Array.from(sampledRows(table.records, SAMPLED_ROWS), (row) => {
    const filter = new Uint32Array(2 * words);
    placeColumns(table, row, places, filter);
    return filter;
  });
}

function survivingPairs(
  filtersA: readonly Uint32Array[], filtersB: readonly Uint32Array[], lengths: readonly number[],
  similarity: number,
): Float64Array {
  const survivors = new Float64Array(lengths.length);
  const restsA = filtersA.map((filter) => rests(filter, lengths));
  const restsB = filtersB.map((filter) => rests(filter, lengths));
  filtersA.forEach((a, i) => filtersB.forEach((b, j) => {
    const least = leastCommonOnes(similarity, restsA[i][lengths.length] + restsB[j][lengths.length]);
    let [common, word] = [0, 0];
    lengths.forEach((length, k) => {
      for (; word < 2 * length; word++) common += ones(a[word] & b[word]);
      if (common + Math.min(restsA[i][k], restsB[j][k]) >= least) survivors[k]++;
    });
  }));
  return survivors;
}

/** Weight behind each prefix; the whole weight last. */
function rests(filter: Uint32Array, lengths: readonly number[]): number[] {
  const behind = (words: number): number =>
    filter.subarray(2 * words).reduce((sum, word) => sum + ones(word), 0);
  return [...lengths, 0].map(behind);
}

function fittingLengths(words: number): number[] {
  return PREFIX_LENGTHS.filter((length) => length <= words);
}

/** @throws VinculumError `LINKAGE_INPUT_INVALID` when filters of `words` words have no such prefix. */
export function assertPrefix(prefixWords: number, words: number): void {
  const lengths = fittingLengths(words);
  if (!lengths.includes(prefixWords)) {
    throw new VinculumError('LINKAGE_INPUT_INVALID',
      `filters of this length have a prefix of ${lengths.join(', ')} words, got ${prefixWords}`);
  }
}
