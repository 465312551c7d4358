import type { VectorSpace } from './vector-space.js';

/**
 * With one segment, 1 for the levels in which a match can be told from chance; with more, 1 for all vectors.
 *
 * A mixture of two distributions over one ordered level has no unique answer: whatever share of chance is
 * added to m, more matches give the same counts. It has one when matches are taken to be no member of the
 * bulk of chance (irreducibility: Blanchard, Lee and Scott 2010). So m has no place where chance
 * alone puts more than `mostByChance` pairs at or above a level: a match down there has that many rivals,
 * and no threshold could find it.
 *
 * @param nonMatch u of each vector; @param pairs number of all pairs; @param mostByChance pairs, above 0.
 */
export function tellingVectors(
  space: VectorSpace, nonMatch: Float64Array, pairs: number, mostByChance: number,
): Uint8Array {
  const telling = new Uint8Array(space.vectors).fill(1);
  if (space.levels.length > 1) return telling;
  const highest = space.levels[0] - 2;
  let above = 0;
  for (let level = highest; level >= 0; level--) {
    above += nonMatch[level] * pairs;
    telling[level] = Number(above <= mostByChance || level === highest);
  }
  return telling;
}
