import { levelsOfVector, type ComparisonScheme } from '#libs/compare';

/** The vectors, rarest by chance first: by the product of the shares of the segments' levels in `counts`. */
export function byRarity(scheme: ComparisonScheme, counts: Float64Array): Uint32Array {
  const expected = chanceShares(scheme, counts);
  return Uint32Array.from(
    Array.from(expected.keys()).sort((x, y) => expected[x] - expected[y] || x - y));
}

/**
 * 1 for the vectors that are rarest by chance, as many as `allowed` pairs have room for. How many pairs there
 * will be is known from the joined rows, where there are any; else as many as chance gives.
 *
 * @param sampled counts of vectors in random pairs.
 * @param joined counts in a join of some rows with all rows, and what a pair of it stands for.
 * @param pairs number of all pairs.
 */
export function rareVectors(
  scheme: ComparisonScheme, sampled: Float64Array,
  joined: { readonly counts: Float64Array; readonly scale: number } | null, pairs: number, allowed: number,
): Uint8Array {
  const rare = new Uint8Array(scheme.vectors);
  const counts = joined ? joined.counts : sampled;
  const expected = chanceShares(scheme, counts);
  let left = allowed;
  for (const vector of byRarity(scheme, counts)) {
    left -= joined ? joined.counts[vector] * joined.scale : expected[vector] * pairs;
    if (left < 0) break;
    rare[vector] = 1;
  }
  return rare;
}

function chanceShares(scheme: ComparisonScheme, counts: Float64Array): Float64Array {
  const shares = levelShares(scheme, counts);
  return Float64Array.from({ length: scheme.vectors }, (_, vector) =>
    levelsOfVector(scheme, vector).reduce((product, level, s) => product * shares[s][level], 1));
}

/** Share of each level of each segment, none of them zero. */
function levelShares(scheme: ComparisonScheme, counts: Float64Array): Float64Array[] {
  const sums = scheme.segments.map(({ levels }) => new Float64Array(levels).fill(0.5));
  counts.forEach((count, vector) => {
    if (count > 0) levelsOfVector(scheme, vector).forEach((level, s) => { sums[s][level] += count; });
  });
  return sums.map((sum) => {
    const total = sum.reduce((all, count) => all + count, 0);
    return sum.map((count) => count / total);
  });
}
