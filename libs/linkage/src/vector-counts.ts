import type { EncodedExtract } from '#libs/record';
import {
  candidateProbability, candidates, randomPairs,
  type BlockingPlan, type BlockingSpec, type CandidateCounts,
} from '#libs/block';
import {
  compareAll, comparePairs, levelsOfVector, missingLevel, weights,
  type ComparedPairs, type ComparisonProgress, type ComparisonScheme, type SegmentLevels,
} from '#libs/compare';

/** What one pass over the candidates of two extracts gives. */
export interface VectorCounts {
  /** Estimated number of pairs with each vector over *all* pairs of the two extracts. */
  readonly counts: Float64Array;
  /** 1 where the count is exact or a good estimate. */
  readonly reliable: Uint8Array;
  /** Probability that the plan makes a pair with this vector a candidate. */
  readonly candidateProbability: Float64Array;
  readonly candidates: number;
  readonly cutPairs: number;
  /** 1 for the vectors whose candidates are in `pairs`, whether or not there was one. */
  readonly rare: Uint8Array;
  /** The candidates whose vector is rare among random pairs: the others are no evidence of a match. */
  readonly pairs: ComparedPairs;
}

export interface CountingTask {
  readonly a: EncodedExtract;
  /** The same object as `a` for pairs within it. */
  readonly b: EncodedExtract;
  readonly scheme: ComparisonScheme;
  readonly plan: BlockingPlan;
  readonly blocking: BlockingSpec;
  readonly sampledPairs: number;
  readonly seed: number;
  /** Candidates to hand back for each record, at most about this many; 0 for counts alone. */
  readonly pairsPerRecord: number;
}

/** A sampled count is a good estimate from this many sampled pairs on. */
const ENOUGH_SAMPLED = 30;
/** From this probability on, candidates tell how many pairs there are; below, random pairs do. */
const TRUSTED_PROBABILITY = 0.2;

/**
 * Counts vectors over all pairs of `a` and `b`.
 *
 * An exhaustive plan counts them. An LSH plan sees the similar pairs well and the others hardly: a vector
 * that is found with probability p counts 1/p each time (Horvitz and Thompson 1952) where p is large
 * enough; the others are counted in a random sample of all pairs and scaled up.
 */
export function* countVectors(task: CountingTask): Generator<ComparisonProgress, VectorCounts> {
  const { a, b, scheme, plan, sampledPairs } = task;
  const sample = randomPairs(a.records, b.records, sampledPairs, task.seed, a === b);
  const { counts: sampled } = yield* comparePairs(a, b, scheme, [sample]);
  const rare = rareVectors(task, sampled);
  const keep = (vector: number): boolean => rare[vector] === 1;
  if (plan.kind === 'exhaustive') {
    const { counts, pairs } = yield* compareAll(a, b, scheme, { within: a === b, keep });
    return {
      counts, pairs, rare, reliable: new Uint8Array(scheme.vectors).fill(1),
      candidateProbability: new Float64Array(scheme.vectors).fill(1), candidates: plan.pairs, cutPairs: 0,
    };
  }
  const found = candidateProbabilities(a, b, scheme, plan);
  const seen: CandidateCounts = { candidates: 0, cutPairs: 0 };
  const { counts, pairs } = yield* comparePairs(
    a, b, scheme, candidates(a, b, plan, task.blocking, seen), { keep });
  const scale = plan.pairs / sampledPairs;
  return {
    pairs, rare, ...seen, candidateProbability: found,
    counts: counts.map((count, v) =>
      (found[v] >= TRUSTED_PROBABILITY ? count / found[v] : sampled[v] * scale)),
    reliable: Uint8Array.from(found, (probability, v) =>
      Number(probability >= TRUSTED_PROBABILITY || sampled[v] >= ENOUGH_SAMPLED)),
  };
}

/**
 * 1 for the vectors that are rarest among random pairs, as many as `pairsPerRecord` allows: the product of
 * the segments' shares in the sample says how often each would occur by chance.
 */
function rareVectors(
  { a, b, scheme, plan, pairsPerRecord }: CountingTask, sampled: Float64Array,
): Uint8Array {
  const rare = new Uint8Array(scheme.vectors);
  const shares = levelShares(scheme, sampled);
  const expected = Float64Array.from({ length: scheme.vectors }, (_, vector) =>
    levelsOfVector(scheme, vector).reduce((product, level, s) => product * shares[s][level], plan.pairs));
  const ascending = Array.from(expected.keys()).sort((x, y) => expected[x] - expected[y] || x - y);
  let allowed = pairsPerRecord * (a.records + b.records);
  for (const vector of ascending) {
    allowed -= expected[vector];
    if (allowed < 0) break;
    rare[vector] = 1;
  }
  return rare;
}

/** Share of each level of each segment, none of them zero. */
function levelShares(scheme: ComparisonScheme, counts: Float64Array): Float64Array[] {
  const sums = scheme.segments.map(({ levels }) => new Float64Array(levels).fill(0.5));
  counts.forEach((count, vector) => {
    if (count > 0) levelsOfVector(scheme, vector).forEach((level, s) => { sums[s][level] += count; });
  });
  return sums.map((sum) => {
    const total = sum.reduce((all, count) => all + count, 0);
    return sum.map((count) => count / total);
  });
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
