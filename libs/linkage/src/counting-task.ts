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
  /** Comparisons of a piece of a join; without it as many as a run has. */
  readonly pairsInTask?: number;
}

/** The join of some rows of A with all of B, as evidence of what the matches of the registers look like. */
export interface JoinEvidence {
  /** Estimates of the counts of vectors over all pairs of the registers, … */
  readonly counts: Float64Array;
  /** … and 1 where they are good ones. */
  readonly reliable: Uint8Array;
  /** 1 for the vectors that are rare by chance. */
  readonly rare: Uint8Array;
  /** Row of A, row of B and vector in turn: the joined pairs that are rare. */
  readonly pairs: Uint32Array;
  /** How many rows of A are joined. */
  readonly rows: number;
  /** How many pairs of the registers a joined one stands for. */
  readonly scale: number;
}

/** Counting that plans: it asks how likely pairs are matches. */
export interface PlannedTask extends CountingTask {
  /** Counts of vectors of known non-matches, where there are any. */
  readonly knownNonMatches: Float64Array | null;
  /** Of each of the joined pairs, to be a match. */
  readonly probabilitiesOf: (evidence: JoinEvidence) => Promise<Float64Array>;
}
