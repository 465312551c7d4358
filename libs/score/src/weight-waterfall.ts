import { matchWeight } from './match-weight.js';
import { levelTable, observedMask, type VectorSpace } from './vector-space.js';

/** The weight of a vector in bits, and what it is made of: the bars of a waterfall, which add up to it. */
export interface WeightWaterfall {
  /** log2 m/u of the level of each segment, by itself; 0 where it is missing. */
  readonly segments: readonly number[];
  /** What the segments say together beyond what they say one by one: below 0 where they repeat each other. */
  readonly together: number;
  readonly total: number;
}

/**
 * Takes the weight of a vector apart. m and u are of whole vectors, so the weights of the single levels (from
 * the marginals over the vectors that observe the same segments) need not add up to it; what is left is shown
 * as a bar of its own, and not hidden in the segment that happens to come last.
 *
 * @param m, u of every vector of the space; those that observe the same segments sum to 1.
 */
export function weightWaterfall(
  space: VectorSpace, m: Float64Array, u: Float64Array, vector: number,
): WeightWaterfall {
  const table = levelTable(space);
  const count = space.levels.length;
  const mask = observedMask(space, table, vector);
  const [ofM, ofU] = [new Float64Array(count), new Float64Array(count)];
  for (let v = 0; v < space.vectors; v++) {
    if (observedMask(space, table, v) !== mask) continue;
    for (let s = 0; s < count; s++) {
      if (table[v * count + s] !== table[vector * count + s]) continue;
      ofM[s] += m[v];
      ofU[s] += u[v];
    }
  }
  const segments = Array.from(ofM, (share, s) => (mask & (1 << s) ? matchWeight(share, ofU[s]) : 0));
  const total = mask === 0 ? 0 : matchWeight(m[vector], u[vector]);
  return { segments, together: total - segments.reduce((sum, weight) => sum + weight, 0), total };
}
