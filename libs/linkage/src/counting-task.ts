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
  /** Counts of vectors of known non-matches, where there are any. */
  readonly knownNonMatches: Float64Array | null;
}
