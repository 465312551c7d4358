/**
 * The vectors that a model is about, apart from how they were compared: for each segment its number of
 * levels (the last one means missing). A vector is `sum level_s * stride_s`, first segment fastest.
 */
export interface VectorSpace {
  readonly levels: readonly number[];
  readonly vectors: number;
}

/** Levels of each segment of every vector, `vectors * segments` bytes. */
export function levelTable({ levels, vectors }: VectorSpace): Uint8Array {
  const table = new Uint8Array(vectors * levels.length);
  for (let vector = 0; vector < vectors; vector++) {
    let rest = vector;
    levels.forEach((count, s) => {
      table[vector * levels.length + s] = rest % count;
      rest = Math.floor(rest / count);
    });
  }
  return table;
}

/** Which segments are observed in a vector, as a bit mask (bit s for segment s). */
export function observedMask(space: VectorSpace, table: Uint8Array, vector: number): number {
  const segments = space.levels.length;
  let mask = 0;
  for (let s = 0; s < segments; s++) {
    if (table[vector * segments + s] !== space.levels[s] - 1) mask |= 1 << s;
  }
  return mask;
}

/** For every vector: the share of all pairs whose observed segments are the vector's. */
export function patternShares(space: VectorSpace, counts: Float64Array): Float64Array {
  const table = levelTable(space);
  const masks = Uint32Array.from({ length: space.vectors }, (_, v) => observedMask(space, table, v));
  const sums = new Map<number, number>();
  let total = 0;
  masks.forEach((mask, v) => {
    sums.set(mask, (sums.get(mask) ?? 0) + counts[v]);
    total += counts[v];
  });
  return Float64Array.from(masks, (mask) => (sums.get(mask) ?? 0) / Math.max(1, total));
}
