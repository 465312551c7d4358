import { errorCountInterval, type Interval } from './predictive-interval.js';

/** Pairs that links imply, and what a model expects of them. */
export interface LinkedPairs {
  /** Pairs of records across registers inside entities. */
  readonly pairs: number;
  /** Expected number of matches among them. */
  readonly matches: number;
  /** Expected number of matches that are not among them. */
  readonly missed: number;
  /** Pairs that stand and fall with a pair: those of its entity, on average over pairs; at least 1. */
  readonly pairsOfEntity: number;
  /** Pairs that a record takes along when it is missed, on average over pairs; at least 1. */
  readonly pairsOfRecord: number;
}

/** Precision and recall with intervals. */
export interface ErrorRates {
  readonly precision: number;
  readonly recall: number;
  readonly precisionInterval: Interval;
  readonly recallInterval: Interval;
}

/**
 * Expected precision and recall, and intervals for what they truly are (`errorCountInterval`). Without pairs
 * the precision is 1, without matches the recall is 1, and the intervals say nothing.
 */
export function errorRates(
  { pairs, matches, missed, pairsOfEntity, pairsOfRecord }: LinkedPairs,
): ErrorRates {
  const falseLinks = errorCountInterval(pairs - matches, pairsOfEntity);
  const missing = errorCountInterval(missed, pairsOfRecord);
  const precision = (count: number): number => (pairs === 0 ? 1 : Math.max(0, 1 - count / pairs));
  const recall = (count: number): number => (matches + count === 0 ? 1 : matches / (matches + count));
  return {
    precision: precision(pairs - matches), recall: recall(missed),
    precisionInterval: pairs === 0 ? NOTHING_KNOWN : {
      lower: precision(falseLinks.upper), upper: precision(Math.min(falseLinks.lower, pairs - matches)),
    },
    recallInterval: matches + missed === 0 ? NOTHING_KNOWN : {
      lower: recall(missing.upper), upper: recall(Math.min(missing.lower, missed)),
    },
  };
}

const NOTHING_KNOWN: Interval = { lower: 0, upper: 1 };
