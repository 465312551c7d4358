import type { ComparedPairs } from '#libs/compare';
import {
  bipartitePosterior, matchesPerFoundMatch, matchProbabilities, patternShares, refitMatches,
  type BipartiteSides, type CandidateLinks, type MatchFit, type MatchModel, type VectorSpace,
} from '#libs/score';

/** Pairs to be judged beside their rivals, and how they were found. */
export interface FollowedUp {
  readonly pairs: ComparedPairs;
  readonly sides: BipartiteSides;
  /** The most matches that the registers' cardinalities allow. */
  readonly mostMatches: number;
  /** Of vectors over all pairs. */
  readonly counts: Float64Array;
  /** Probability that a pair with this vector became a candidate. */
  readonly candidateProbability: Float64Array;
  /** 1 for the vectors whose candidates are in `pairs`, whether or not there was one. */
  readonly keep: Uint8Array;
}

export interface JudgedPairs {
  /** Of each pair, to be a match. */
  readonly probabilities: Float64Array;
  readonly model: MatchModel;
  /** Expected number of matches, found or not. */
  readonly matches: number;
  /** Expected share of the matches that candidate generation and the evidence cut leave in reach. */
  readonly pairCompleteness: number;
}

/** Pairs whose pairwise odds are below this are not followed up. */
const LEAST_ODDS = 1e-4;
/**
 * One similarity cannot tell matches with many errors from chance among the records that are left, who are
 * alike more often than others are: each round would take some of that for matches.
 */
const ROUNDS_WITH_ONE_SEGMENT = 1;

/**
 * 1 for the vectors whose pairs are scored: those that are not hopeless, of the rare ones. A vector without
 * a pair is among them: it was looked for, so its share of m does not point to matches out of reach.
 */
export function worthFollowing(rare: Uint8Array, odds: Float64Array): Uint8Array {
  const keep = Uint8Array.from(odds, (one, vector) => Number(rare[vector] === 1 && one >= LEAST_ODDS));
  // Two records without a common segment were not compared: no prior makes a link of that.
  keep[keep.length - 1] = 0;
  return keep;
}

/**
 * Takes turns between the bipartite posterior of the pairs and m, `rounds` times (fewer with one segment).
 * Yields the rounds that are done.
 */
export function* posteriorRounds(
  space: VectorSpace, followed: FollowedUp, fit: MatchFit, mostRounds: number,
): Generator<number, JudgedPairs> {
  const { pairs, mostMatches: most } = followed;
  let { model, matches } = fit;
  let [reach, found, matchesPerFound] = [1, 0, 1];
  let probabilities: Float64Array = new Float64Array(0);
  const rounds = space.levels.length > 1 ? mostRounds : ROUNDS_WITH_ONE_SEGMENT;
  for (let round = 0; round < rounds; round++) {
    const m = matchProbabilities(space, model);
    const ratios = Float64Array.from(pairs.vectors, (vector) => m[vector] / fit.nonMatch[vector]);
    probabilities = bipartitePosterior(links(pairs, ratios), followed.sides, matches);
    const matched = new Float64Array(space.vectors);
    found = 0;
    for (let e = 0; e < pairs.length; e++) {
      matched[pairs.vectors[e]] += probabilities[e];
      found += probabilities[e];
    }
    reach = reachableShare(space, followed, m);
    matches = Math.min(found / reach, most * (1 - 1e-4));
    matchesPerFound = matchesPerFoundMatch(space, matched, model);
    model = refitMatches(space, withUnreached(space, followed, m, matched, matches), model);
    yield round + 1;
  }
  const all = Math.min(Math.max(matches, found * matchesPerFound), most);
  return { probabilities, matches: all, pairCompleteness: reach, model };
}

function links(pairs: ComparedPairs, likelihoodRatios: Float64Array): CandidateLinks {
  return { length: pairs.length, rowsOfA: pairs.rowsOfA, rowsOfB: pairs.rowsOfB, likelihoodRatios };
}

/**
 * Share of the matches that are candidates and are followed up: m, weighted by how often the segments are
 * observed together, times the probability of becoming a candidate.
 */
function reachableShare(
  space: VectorSpace, { counts, candidateProbability, keep }: FollowedUp, m: Float64Array,
): number {
  const weightOf = patternShares(space, counts);
  let reached = 0;
  let all = 0;
  for (let v = 0; v < space.vectors; v++) {
    const share = weightOf[v] * m[v];
    all += share;
    if (keep[v]) reached += share * candidateProbability[v];
  }
  return all > 0 ? Math.max(reached / all, 1e-6) : 1;
}

/** Adds to the followed-up matches those that the model places out of reach. */
function withUnreached(
  space: VectorSpace, { counts, candidateProbability, keep }: FollowedUp, m: Float64Array,
  matched: Float64Array, matches: number,
): Float64Array {
  const weightOf = patternShares(space, counts);
  return matched.map((sum, v) =>
    sum + matches * weightOf[v] * m[v] * (1 - keep[v] * candidateProbability[v]));
}
