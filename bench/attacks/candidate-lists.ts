import type { FeatureRows } from './node-features.js';

/** For each node of the first side `width` nodes of the second (-1 where there are fewer), with numbers. */
export interface CandidateLists {
  readonly width: number;
  readonly node: Int32Array;
  /** Squared distances, or degrees of belief. */
  readonly value: Float32Array;
}

/** The nearest `width` rows of `b` for each row of `a` that is wanted, nearest first. */
export function nearestRows(
  a: FeatureRows, b: FeatureRows, width: number, wantedA: Uint8Array, wantedB: Uint8Array,
): CandidateLists {
  const columns = a.width;
  const node = new Int32Array(wantedA.length * width).fill(-1);
  const value = new Float32Array(wantedA.length * width).fill(Infinity);
  for (let i = 0; i < wantedA.length; i++) {
    if (!wantedA[i]) continue;
    const last = (i + 1) * width - 1;
    for (let j = 0; j < wantedB.length; j++) {
      if (!wantedB[j]) continue;
      const distance = squaredDistance(a.values, i * columns, b.values, j * columns, columns, value[last]);
      if (distance >= value[last]) continue;
      let at = last;
      for (; at > i * width && value[at - 1] > distance; at--) {
        value[at] = value[at - 1];
        node[at] = node[at - 1];
      }
      value[at] = distance;
      node[at] = j;
    }
  }
  return { width, node, value };
}

/** Stops as soon as the distance reaches `limit`. */
function squaredDistance(
  a: Float32Array, i: number, b: Float32Array, j: number, columns: number, limit: number,
): number {
  let sum = 0;
  for (let c = 0; c < columns && sum < limit; c++) {
    const difference = a[i + c] - b[j + c];
    sum += difference * difference;
  }
  return sum;
}
