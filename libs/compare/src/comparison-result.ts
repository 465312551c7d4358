/** Pairs with their comparison vectors: three columns of equal length. */
export interface ComparedPairs {
  readonly length: number;
  readonly rowsOfA: Uint32Array;
  readonly rowsOfB: Uint32Array;
  readonly vectors: Uint32Array;
}

export interface ComparisonResult {
  /** Number of pairs with each vector, `scheme.vectors` numbers. */
  readonly counts: Float64Array;
  /** The pairs whose vector was wanted, by row of A, then row of B (or in the order they were given). */
  readonly pairs: ComparedPairs;
}

/** What is done when a generator yields: pairs compared so far, of how many. */
export interface ComparisonProgress {
  readonly done: number;
  readonly total: number;
}
