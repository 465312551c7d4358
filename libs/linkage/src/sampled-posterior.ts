import type { JoinEvidence } from './counting-task.js';
import { firstModel, type CountedPair } from './first-model.js';
import { drive, type LinkageResources } from './pacing.js';
import { columnsOf } from './pair-joins.js';
import { posteriorRounds, worthFollowing } from './posterior-rounds.js';

/**
 * Probability of each pair of a join of some rows with all of the other register to be a match, in their
 * order; 0 where its vector is not worth following up. Judged as those of a run are, beside their rivals and
 * with m refitted: counts of vectors alone take the matches with one segment left for chance, and a plan for
 * the others would not find them. Rivals of the joined rows are all known; those of a row of B are not, so
 * that it is not held to one match.
 */
export async function sampledPosterior(
  pair: CountedPair, { counts, reliable, rare, pairs: joined, rows, scale }: JoinEvidence, rounds: number,
  resources: LinkageResources,
): Promise<Float64Array> {
  const first = await firstModel(pair, counts, reliable, resources);
  const keep = worthFollowing(pair.space, rare, first.odds);
  const followed = followedPairs(joined, keep);
  const pairs = columnsOf(withRowsInTurn(followed));
  const sampled = { ...first, fit: { ...first.fit, matches: first.fit.matches / scale } };
  const { probabilities } = await drive(posteriorRounds(pair.space, {
    pairs, counts, keep, candidateProbability: new Float64Array(pair.space.vectors).fill(1),
    mostMatches: pair.mostMatches / scale, sides: { ...pair.sides, recordsOfA: rows, oneMatchForB: false },
  }, sampled, rounds), resources, () => undefined);
  return spread(probabilities, joined, keep);
}

/** Those of the joined pairs whose vector is in `keep`. */
export function followedPairs(joined: Uint32Array, keep: Uint8Array): Uint32Array {
  return joined.filter((_, k) => keep[joined[k - (k % 3) + 2]] === 1);
}

/** The joined rows of A numbered from 0 on, in the order in which they come. */
export function withRowsInTurn(joined: Uint32Array): Uint32Array {
  const places = new Map<number, number>();
  return joined.map((value, k) => {
    if (k % 3 !== 0) return value;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
}

function spread(probabilities: Float64Array, joined: Uint32Array, keep: Uint8Array): Float64Array {
  let next = 0;
  return Float64Array.from({ length: joined.length / 3 }, (_, pair) =>
    (keep[joined[3 * pair + 2]] === 1 ? probabilities[next++] : 0));
}
