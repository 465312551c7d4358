import type { ComparisonScheme } from '#libs/compare';
import type { EncodedExtract } from '#libs/record';
import {
  fitMatches, matchProbabilities, nonMatchDistribution, tellingVectors, type BipartiteSides, type MatchFit,
  type VectorSpace,
} from '#libs/score';
import { drive, type LinkageResources } from './pacing.js';

/** What the counts of vectors of two registers are judged by. */
export interface CountedPair {
  readonly space: VectorSpace;
  /** Counts of vectors of known non-matches; null where no register is unique. */
  readonly knownNonMatches: Float64Array | null;
  /** The most matches that the registers' cardinalities allow, and the records of the smaller one. */
  readonly mostMatches: number;
  readonly records: number;
  readonly sides: BipartiteSides;
}

/** What counts alone tell of matches and non-matches, before any pair is judged beside its rivals. */
export interface FirstModel {
  readonly fit: MatchFit;
  /** Odds of a match for each vector; 0 where one segment alone tells none. */
  readonly odds: Float64Array;
  readonly telling: Uint8Array;
}

/** One segment alone tells matches where chance has at most this many pairs for a record. */
const CHANCE_PAIRS = 1;
/** A record of a `many` register matches at most this many of its own register, for the bound in EM. */
const MOST_DUPLICATES = 20;

export function countedPair(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme, knownNonMatches: Float64Array | null,
): CountedPair {
  return {
    space: { levels: scheme.segments.map(({ levels }) => levels), vectors: scheme.vectors }, knownNonMatches,
    mostMatches: mostMatches(a, b), records: Math.min(a.records, b.records), sides: sidesOf(a, b),
  };
}

function sidesOf(a: EncodedExtract, b: EncodedExtract): BipartiteSides {
  const within = a === b;
  return {
    recordsOfA: a.records, recordsOfB: b.records,
    oneMatchForA: !within && b.cardinality === 'unique',
    oneMatchForB: !within && a.cardinality === 'unique',
  };
}

/** What the registers' cardinalities allow; of the same one twice, duplicates. */
export function mostMatches(a: EncodedExtract, b: EncodedExtract): number {
  if (a === b) return MOST_DUPLICATES * a.records;
  const bounds = [a.cardinality === 'unique' ? b.records : null, b.cardinality === 'unique' ? a.records : null]
    .filter((bound) => bound !== null);
  return bounds.length > 0 ? Math.min(...bounds) : MOST_DUPLICATES * Math.max(a.records, b.records);
}

/**
 * @param counts of vectors over all pairs of the two registers, estimates among them.
 * @param reliable 1 where a count is exact or a good estimate.
 */
export async function firstModel(
  { space, knownNonMatches, mostMatches, records }: CountedPair, counts: Float64Array, reliable: Uint8Array,
  resources: LinkageResources,
): Promise<FirstModel> {
  const pairs = counts.reduce((sum, count) => sum + count, 0);
  const chance = nonMatchDistribution(space, knownNonMatches, counts, mostMatches);
  const telling = tellingVectors(space, chance.probabilities, pairs, CHANCE_PAIRS * records);
  const fit = await drive(fitMatches(space, {
    counts, reliable, mostMatches, nonMatch: chance.probabilities, fitNonMatch: chance.assumed, telling,
  }), resources, () => undefined);
  const prior = fit.matches / pairs;
  const odds = matchProbabilities(space, fit.model).map((m, v) => (prior * m) / fit.nonMatch[v]);
  return { fit, odds: odds.map((one, v) => one * telling[v]), telling };
}
