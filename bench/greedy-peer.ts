import { measuredQuality, type MeasuredQuality } from '#libs/quality';
import type { EncodedExtract } from '#libs/record';
import type { LabelledExtracts } from './quality-profiles.js';

/** Best quality that greedy linking of single filters reaches when its threshold is tuned on the truth. */
export interface GreedyPeer {
  readonly threshold: number;
  readonly f1: number;
  /** Best over thresholds by itself, so perhaps at another threshold. */
  readonly exactEntityF1: number;
}

/**
 * Of two registers. Of more there would be too many pairs to hold, and the best threshold is higher: each
 * register more brings more strangers. A best threshold at the lowest one would say that lower ones have to
 * be tried.
 */
const LOWEST_THRESHOLD = 0.5;
const LOWEST_THRESHOLD_OF_MANY = 0.7;
/** Thresholds are tried in steps of this. */
const STEP = 0.01;

interface SimilarPair { readonly a: number; readonly b: number; readonly dice: number }

/**
 * What anonlink does: all pairs of records of different registers by Dice similarity, most similar first
 * (ties: by record), joined greedily so that no group holds two records of one register. Its result at a
 * threshold is what the walk has joined when it gets there, so one walk tries all of them.
 */
export function greedyAtBestThreshold({ extracts, truth }: LabelledExtracts): GreedyPeer {
  const registers = Uint8Array.from(extracts.flatMap(({ records }, r) => Array<number>(records).fill(r)));
  const groupOf = Uint32Array.from(registers.keys());
  const members = Array.from(registers.keys(), (record) => [record]);
  let best: GreedyPeer = { threshold: 1, f1: 0, exactEntityF1: 0 };
  let threshold = 1;
  const pairs = similarPairs(extracts);
  for (const [at, { a, b, dice }] of pairs.entries()) {
    join(registers, groupOf, members, a, b);
    const next = pairs[at + 1]?.dice ?? 0;
    if (Math.ceil(dice / STEP) === Math.ceil(next / STEP)) continue;
    threshold = dice;
    best = better(best, measuredQuality(registers, groupOf, truth), threshold);
  }
  return best;
}

function better(best: GreedyPeer, { f1, exactEntityF1 }: MeasuredQuality, threshold: number): GreedyPeer {
  const exact = Math.max(best.exactEntityF1, exactEntityF1);
  return f1 > best.f1 ? { threshold, f1, exactEntityF1: exact } : { ...best, exactEntityF1: exact };
}

function join(
  registers: Uint8Array, groupOf: Uint32Array, members: number[][], a: number, b: number,
): void {
  const [kept, joined] = [groupOf[a], groupOf[b]];
  if (kept === joined) return;
  const held = new Set(members[kept].map((record) => registers[record]));
  if (members[joined].some((record) => held.has(registers[record]))) return;
  for (const record of members[joined]) groupOf[record] = kept;
  members[kept].push(...members[joined]);
  members[joined] = [];
}

function similarPairs(extracts: readonly EncodedExtract[]): SimilarPair[] {
  const first = extracts.map((_, x) => extracts.slice(0, x).reduce((sum, { records }) => sum + records, 0));
  const lowest = extracts.length > 2 ? LOWEST_THRESHOLD_OF_MANY : LOWEST_THRESHOLD;
  const pairs: SimilarPair[] = [];
  for (let x = 0; x < extracts.length; x++) {
    for (let y = x + 1; y < extracts.length; y++) {
      addSimilar(extracts[x], extracts[y], first[x], first[y], lowest, pairs);
    }
  }
  return pairs.sort((p, q) => q.dice - p.dice || p.a - q.a || p.b - q.b);
}

function addSimilar(
  left: EncodedExtract, right: EncodedExtract, firstA: number, firstB: number, lowest: number,
  pairs: SimilarPair[],
): void {
  const words = left.segments[0].bits / 32;
  const [wordsA, wordsB] = [left, right].map(({ segments: [{ filters }] }) =>
    new Uint32Array(filters.slice().buffer));
  const [onesA, onesB] = [wordsA, wordsB].map((all) =>
    Uint32Array.from({ length: all.length / words }, (_, row) =>
      ones(all, row * words, all, row * words, words)));
  for (let a = 0; a < left.records; a++) {
    for (let b = 0; b < right.records; b++) {
      const sum = onesA[a] + onesB[b];
      if (2 * Math.min(onesA[a], onesB[b]) < lowest * sum || sum === 0) continue;
      const dice = (2 * ones(wordsA, a * words, wordsB, b * words, words)) / sum;
      if (dice >= lowest) pairs.push({ a: firstA + a, b: firstB + b, dice });
    }
  }
}

/** Number of bits that two filters have in common. */
function ones(left: Uint32Array, atA: number, right: Uint32Array, atB: number, words: number): number {
  let sum = 0;
  for (let w = 0; w < words; w++) {
    let bits = left[atA + w] & right[atB + w];
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    sum += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return sum;
}
