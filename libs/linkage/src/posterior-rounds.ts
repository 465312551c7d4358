import type { ComparedPairs } from '#libs/compare';
import {
  bipartitePosterior, matchesPerFoundMatch, matchProbabilities, oddsIfFree, patternShares, refitMatches,
  residualPosterior, type BipartiteSides, type CandidateLinks, type MatchFit, type MatchModel,
  type VectorSpace,
} from '#libs/score';
import type { FirstModel } from './first-model.js';

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
  /** 1 for the vectors whose pairs could be told from chance; those of the others have probability 0. */
  readonly telling: Uint8Array;
}

/** Pairs whose pairwise odds are below this are not followed up. */
const LEAST_ODDS = 1e-4;

/**
 * 1 for the vectors whose pairs are scored: those that are not hopeless, of the rare ones. A vector without
 * a pair is among them: it was looked for, so its share of m does not point to matches out of reach. Of one
 * segment all rare ones: which of them tell is known once it is known who is left.
 */
export function worthFollowing({ levels }: VectorSpace, rare: Uint8Array, odds: Float64Array): Uint8Array {
  const least = levels.length > 1 ? LEAST_ODDS : 0;
  const keep = Uint8Array.from(odds, (one, vector) => Number(rare[vector] === 1 && one >= least));
  // Two records without a common segment were not compared: no prior makes a link of that.
  keep[keep.length - 1] = 0;
  return keep;
}

/** Yields the rounds that are done, at most `rounds`. */
export function posteriorRounds(
  space: VectorSpace, followed: FollowedUp, first: FirstModel, rounds: number,
): Generator<number, JudgedPairs> {
  if (space.levels.length > 1) return roundsOfSegments(space, followed, first.fit, rounds);
  return roundsOfOneSegment(space, followed, first, rounds);
}

/** Takes turns between the bipartite posterior of the pairs and m. */
function* roundsOfSegments(
  space: VectorSpace, followed: FollowedUp, fit: MatchFit, rounds: number,
): Generator<number, JudgedPairs> {
  const { pairs, mostMatches: most } = followed;
  let { model, matches } = fit;
  let [reach, found, matchesPerFound] = [1, 0, 1];
  let probabilities: Float64Array = new Float64Array(0);
  for (let round = 0; round < rounds; round++) {
    const m = matchProbabilities(space, model);
    probabilities = pairPosterior(followed, m, fit.nonMatch, matches);
    const matched = matchedVectors(space, pairs, probabilities);
    found = sumOf(matched);
    reach = reachableShare(space, followed, m);
    matches = Math.min(found / reach, most * (1 - 1e-4));
    matchesPerFound = matchesPerFoundMatch(space, matched, model);
    model = refitMatches(space, withUnreached(space, followed, m, matched, matches), model);
    yield round + 1;
  }
  const all = Math.min(Math.max(matches, found * matchesPerFound), most);
  return { probabilities, matches: all, pairCompleteness: reach, model, telling: followed.keep };
}

/**
 * Judges the residual over and over (`residualPosterior`). Rounds as with several segments would not do: one
 * similarity cannot tell matches with many errors from chance among the records that are left, who are alike
 * more often than others are, and each round would take some of that for matches.
 */
function* roundsOfOneSegment(
  space: VectorSpace, followed: FollowedUp, { fit, telling: first }: FirstModel, rounds: number,
): Generator<number, JudgedPairs> {
  const { pairs, keep, candidateProbability, mostMatches, sides } = followed;
  const ratios = matchProbabilities(space, fit.model).map((m, v) => (first[v] * m) / fit.nonMatch[v]);
  const { length, rowsOfA, rowsOfB, vectors: levels } = pairs;
  const { probabilities, telling } = yield* residualPosterior(
    { length, rowsOfA, rowsOfB, levels }, sides,
    { nonMatch: fit.nonMatch, keep, candidateProbability },
    oddsIfFree(ratios, sides, fit.matches),
    roundsFor(space, length, rounds));
  const matched = matchedVectors(space, pairs, probabilities);
  const all = matched.map((sum, v) => (sum > 0 ? sum / Math.max(candidateProbability[v], LEAST_REACH) : 0));
  const matches = Math.min(sumOf(all), mostMatches);
  return {
    probabilities, telling, matches, model: refitMatches(space, all, fit.model),
    pairCompleteness: matches > 0 ? Math.min(1, sumOf(matched) / matches) : 1,
  };
}

const LEAST_REACH = 1e-6;
/** The residual settles soon, and a round goes over all pairs: with more than these, two have to do. */
const MANY_PAIRS = 4e5;
const ROUNDS_WITH_MANY_PAIRS = 2;

/** Rounds in which so many pairs are judged. */
export function roundsFor({ levels }: VectorSpace, pairs: number, rounds: number): number {
  return levels.length === 1 && pairs > MANY_PAIRS ? Math.min(rounds, ROUNDS_WITH_MANY_PAIRS) : rounds;
}

function pairPosterior(
  { pairs, sides }: FollowedUp, m: Float64Array, nonMatch: Float64Array, matches: number,
): Float64Array {
  const ratios = new Float64Array(pairs.length);
  for (let e = 0; e < pairs.length; e++) ratios[e] = m[pairs.vectors[e]] / nonMatch[pairs.vectors[e]];
  return bipartitePosterior(links(pairs, ratios), sides, matches);
}

/** Expected matches by vector. */
function matchedVectors(
  space: VectorSpace, { vectors }: ComparedPairs, probabilities: Float64Array,
): Float64Array {
  const matched = new Float64Array(space.vectors);
  for (let e = 0; e < probabilities.length; e++) matched[vectors[e]] += probabilities[e];
  return matched;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
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
