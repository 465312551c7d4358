import type { EncodedExtract } from '#libs/record';
import {
  candidateProbability, candidates, randomPairs,
  type BlockingPlan, type BlockingSpec, type CandidateCounts,
} from '#libs/block';
import {
  compareAll, comparePairs, levelsOfVector, missingLevel, weights,
  type ComparisonProgress, type ComparisonResult, type ComparisonScheme, type SegmentLevels,
} from '#libs/compare';

/** Estimated number of pairs with each vector over *all* pairs of two extracts. */
export interface VectorCounts {
  readonly counts: Float64Array;
  /** 1 where the count is exact or a good estimate. */
  readonly reliable: Uint8Array;
  /** Probability that the plan makes a pair with this vector a candidate. */
  readonly candidateProbability: Float64Array;
  readonly candidates: number;
  readonly cutPairs: number;
}

/** A sampled count is a good estimate from this many sampled pairs on. */
const ENOUGH_SAMPLED = 30;
/** From this probability on, candidates tell how many pairs there are; below, random pairs do. */
const TRUSTED_PROBABILITY = 0.2;

/**
 * Counts vectors over all pairs of `a` and `b` (within `a` when they are the same object).
 *
 * An exhaustive plan counts them. An LSH plan sees the similar pairs well and the others hardly: a vector
 * that is found with probability p counts 1/p each time (Horvitz and Thompson 1952) where p is large
 * enough; the others are counted in a random sample of all pairs and scaled up.
 */
export function* countVectors(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme, plan: BlockingPlan,
  spec: BlockingSpec, sampledPairs: number, seed: number,
): Generator<ComparisonProgress, VectorCounts> {
  if (plan.kind === 'exhaustive') {
    const { counts } = yield* compareAll(a, b, scheme, { within: a === b });
    return {
      counts, reliable: new Uint8Array(scheme.vectors).fill(1),
      candidateProbability: new Float64Array(scheme.vectors).fill(1), candidates: plan.pairs, cutPairs: 0,
    };
  }
  const found = candidateProbabilities(a, b, scheme, plan);
  const sample = randomPairs(a.records, b.records, sampledPairs, seed, a === b);
  const { counts: sampled } = yield* comparePairs(a, b, scheme, [sample]);
  const seen: CandidateCounts = { candidates: 0, cutPairs: 0 };
  const { counts } = yield* comparePairs(a, b, scheme, candidates(a, b, plan, spec, seen));
  const scale = plan.pairs / sampledPairs;
  return {
    counts: counts.map((count, v) =>
      (found[v] >= TRUSTED_PROBABILITY ? count / found[v] : sampled[v] * scale)),
    reliable: Uint8Array.from(found, (probability, v) =>
      Number(probability >= TRUSTED_PROBABILITY || sampled[v] >= ENOUGH_SAMPLED)),
    candidateProbability: found, ...seen,
  };
}

/** The candidate pairs whose vectors are wanted, by the same plan. */
export function* wantedPairs(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme, plan: BlockingPlan, spec: BlockingSpec,
  keep: (vector: number) => boolean,
): Generator<ComparisonProgress, ComparisonResult> {
  if (plan.kind === 'exhaustive') return yield* compareAll(a, b, scheme, { within: a === b, keep });
  const seen: CandidateCounts = { candidates: 0, cutPairs: 0 };
  return yield* comparePairs(a, b, scheme, candidates(a, b, plan, spec, seen), { keep });
}

function candidateProbabilities(
  a: EncodedExtract, b: EncodedExtract, scheme: ComparisonScheme, plan: BlockingPlan,
): Float64Array {
  const differing = scheme.segments.map((segment, s) => {
    const sumOfWeights = meanWeight(a, s) + meanWeight(b, s);
    return Array.from({ length: segment.levels }, (_, level) =>
      differingShare(segment, level, sumOfWeights));
  });
  return Float64Array.from({ length: scheme.vectors }, (_, vector) => candidateProbability(
    plan, levelsOfVector(scheme, vector).map((level, s) => differing[s][level])));
}

/** Share of differing columns at the middle of a level: |A| + |B| - 2 |A and B| over the length. */
function differingShare(segment: SegmentLevels, level: number, sumOfWeights: number): number {
  if (level === missingLevel(segment)) return Number.NaN;
  const lower = level === 0 ? segment.cuts[0] * 0.97 : segment.cuts[level - 1];
  const upper = segment.cuts[level] ?? 1;
  return (sumOfWeights * (1 - (lower + upper) / 2)) / segment.bits;
}

/** Mean number of ones of the records that have the segment. */
function meanWeight(extract: EncodedExtract, s: number): number {
  const { bits, filters } = extract.segments[s];
  const present = weights(filters, bits, extract.records).filter((weight) => weight > 0);
  return present.reduce((sum, weight) => sum + weight, 0) / Math.max(1, present.length);
}
