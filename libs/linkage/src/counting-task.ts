import type { BlockingSpec } from '#libs/block';
import type { ComparisonScheme, SharedFilters } from '#libs/compare';

/** Which pairs are counted, and how. */
export interface CountingTask {
  readonly filters: SharedFilters;
  /** Numbers of the extracts; the same one twice for pairs within it. */
  readonly a: number;
  readonly b: number;
  readonly scheme: ComparisonScheme;
  readonly blocking: BlockingSpec;
  readonly sampledPairs: number;
  readonly seed: number;
}

/** Counting that plans: it asks how likely pairs with each vector are matches. */
export interface PlannedTask extends CountingTask {
  /** Counts of vectors of known non-matches, where there are any. */
  readonly knownNonMatches: Float64Array | null;
  /** Odds of a match for each vector, from counts over all pairs and which of them are good estimates. */
  readonly oddsOf: (counts: Float64Array, reliable: Uint8Array) => Promise<Float64Array>;
}
