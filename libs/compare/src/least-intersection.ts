import type { SegmentLevels } from './comparison-scheme.js';

/**
 * The least intersection whose Dice similarity reaches `similarity` for this sum of weights.
 * In integers, so that no form of the comparison differs by a rounding: ceil(similarity * sum / 2), where a
 * similarity of exactly 1 asks for equal filters.
 */
export function leastCommonOnes(similarity: number, sumOfWeights: number): number {
  return Math.ceil((similarity * sumOfWeights) / 2 - 1e-9);
}

/** The same for cut `l` of a segment. */
export function leastIntersection(segment: SegmentLevels, l: number, sumOfWeights: number): number {
  return leastCommonOnes(segment.cuts[l], sumOfWeights);
}
