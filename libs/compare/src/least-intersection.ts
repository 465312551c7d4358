import type { SegmentLevels } from './comparison-scheme.js';

/**
 * The least intersection whose Dice similarity reaches cut `l` for this sum of weights.
 * In integers, so that no form of the comparison differs by a rounding: ceil(cut * sum / 2), where a cut
 * of exactly 1 asks for equal filters.
 */
export function leastIntersection(segment: SegmentLevels, l: number, sumOfWeights: number): number {
  return Math.ceil(((segment.cuts[l]) * sumOfWeights) / 2 - 1e-9);
}
