import type { EncodedExtract } from '#libs/record';
import type { BlockingPlan } from '#libs/block';
import type { ComparedPairs, ComparisonScheme, SharedFilters } from '#libs/compare';
import {
  bipartitePosterior, matchesPerFoundMatch, matchProbabilities, patternShares, refitMatches,
  type BipartiteSides, type CandidateLinks, type MatchFit, type MatchModel, type VectorSpace,
} from '#libs/score';
import type { Compute } from './compute.js';
import type { CountingTask } from './counting-task.js';
import { countedPair, firstModel, mostMatches } from './first-model.js';
import type { LinkageSpec } from './linkage-spec.js';
import { pairsOfRows } from './pair-joins.js';
import { breathe, drive, type LinkageResources } from './pacing.js';
import { countVectors, type VectorCounts } from './vector-counts.js';

/** Links between two registers (or within one) with their probabilities, and the model behind them. */
export interface RegisterPairLinks {
  readonly pairs: ComparedPairs;
  readonly probabilities: Float64Array;
  readonly model: RegisterPairModel;
}

export interface RegisterPairModel {
  readonly plan: BlockingPlan;
  /** Expected number of matches, found or not. */
  readonly matches: number;
  /** Expected share of the matches that candidate generation and the evidence cut leave in reach. */
  readonly pairCompleteness: number;
  readonly candidates: number;
  readonly cutPairs: number;
  /** Pairs that might be matches for which a record had no room; some may count several times. */
  readonly cutCandidates: number;
  readonly em: Pick<MatchFit, 'iterations' | 'converged' | 'logLikelihood'>;
  readonly match: MatchModel;
  /** u of every vector. */
  readonly nonMatch: Float64Array;
}

export interface RegisterPairTask {
  readonly a: EncodedExtract;
  /** The same object as `a` for duplicates within a register. */
  readonly b: EncodedExtract;
  /** Numbers of both in `filters`. */
  readonly numbers: readonly [number, number];
  readonly filters: SharedFilters;
  readonly scheme: ComparisonScheme;
  /** Counts of vectors of known non-matches; null where no register is unique. */
  readonly knownNonMatches: Float64Array | null;
  readonly spec: LinkageSpec;
  readonly seed: number;
}

/** Pairs whose pairwise odds are below this are not followed up. */
const LEAST_ODDS = 1e-4;
/**
 * One similarity cannot tell matches with many errors from chance among the records that are left, who are
 * alike more often than others are: each round would take some of that for matches.
 */
const ROUNDS_WITH_ONE_SEGMENT = 1;

/** Block, compare and score one pair of registers. `report` gets the fraction done, 0..1. */
export async function linkRegisterPair(
  task: RegisterPairTask, compute: Compute, resources: LinkageResources, report: (fraction: number) => void,
): Promise<RegisterPairLinks> {
  const { a, b, scheme, spec, filters, numbers, knownNonMatches } = task;
  const pair = countedPair(a, b, scheme, knownNonMatches);
  const counting: CountingTask = {
    filters, a: numbers[0], b: numbers[1], scheme, blocking: spec.blocking,
    sampledPairs: spec.comparison.sampledPairs, seed: task.seed + 1,
  };
  const counted = await countVectors({
    ...counting, knownNonMatches,
    oddsOf: async (counts, reliable) => (await firstModel(pair, counts, reliable, resources)).odds,
  }, compute, (fraction) => report(0.9 * fraction));
  const { fit, odds } = await firstModel(pair, counted.counts, counted.reliable, resources);
  await breathe(resources);
  const keep = worthFollowing(counted, odds);
  const pairs = pairsWith(counted.pairs, keep);
  resources.onFollowedPairs?.({
    registers: `${a.registerId} x ${b.registerId}`, pairs, vectors: keep,
    allPairsOf: (rows) => pairsOfRows(counting, compute, rows, keep),
  });
  const scored = await drive(
    scorePairs(task, pair.space, counted, fit, keep, pairs), resources, () => report(0.95));
  report(1);
  return {
    pairs, ...scored, model: { ...scored.model, plan: counted.plan, em: fit, nonMatch: fit.nonMatch },
  };
}

/**
 * 1 for the vectors whose pairs are scored: those that are not hopeless, of the rare ones. A vector without
 * a pair is among them: it was looked for, so its share of m does not point to matches out of reach.
 */
function worthFollowing({ counts, rare }: VectorCounts, odds: Float64Array): Uint8Array {
  const keep = odds.map((one, vector) => Number(rare[vector] === 1 && one >= LEAST_ODDS));
  // Two records without a common segment were not compared: no prior makes a link of that.
  keep[counts.length - 1] = 0;
  return Uint8Array.from(keep);
}

function pairsWith(pairs: ComparedPairs, keep: Uint8Array): ComparedPairs {
  const wanted = Uint32Array.from(pairs.vectors.keys()).filter((e) => keep[pairs.vectors[e]] === 1);
  const column = (values: Uint32Array): Uint32Array => wanted.map((e) => values[e]);
  return {
    length: wanted.length, rowsOfA: column(pairs.rowsOfA), rowsOfB: column(pairs.rowsOfB),
    vectors: column(pairs.vectors),
  };
}

interface ScoredPairs {
  readonly probabilities: Float64Array;
  readonly model: Omit<RegisterPairModel, 'plan' | 'em' | 'nonMatch'>;
}

/** Yields the rounds between the bipartite posterior and m that are done. */
function* scorePairs(
  { a, b, spec }: RegisterPairTask, space: VectorSpace, counted: VectorCounts,
  fit: MatchFit, keep: Uint8Array, pairs: ComparedPairs,
): Generator<number, ScoredPairs> {
  const most = mostMatches(a, b);
  let model = fit.model;
  let matches = fit.matches;
  let reach = 1;
  let found = 0;
  let matchesPerFound = 1;
  let probabilities: Float64Array = new Float64Array(0);
  const rounds = space.levels.length > 1 ? spec.score.rounds : ROUNDS_WITH_ONE_SEGMENT;
  for (let round = 0; round < rounds; round++) {
    const m = matchProbabilities(space, model);
    const ratios = Float64Array.from(pairs.vectors, (vector) => m[vector] / fit.nonMatch[vector]);
    probabilities = bipartitePosterior(links(pairs, ratios), sides(a, b), matches);
    const matched = new Float64Array(space.vectors);
    found = 0;
    for (let e = 0; e < pairs.length; e++) {
      matched[pairs.vectors[e]] += probabilities[e];
      found += probabilities[e];
    }
    reach = reachableShare(space, counted, m, keep);
    matches = Math.min(found / reach, most * (1 - 1e-4));
    matchesPerFound = matchesPerFoundMatch(space, matched, model);
    model = refitMatches(space, withUnreached(space, counted, m, keep, matched, matches), model);
    yield round + 1;
  }
  const { candidates, cutPairs, cutCandidates } = counted;
  const all = Math.min(Math.max(matches, found * matchesPerFound), most);
  return {
    probabilities,
    model: { matches: all, pairCompleteness: reach, candidates, cutPairs, cutCandidates, match: model },
  };
}

function links(pairs: ComparedPairs, likelihoodRatios: Float64Array): CandidateLinks {
  return { length: pairs.length, rowsOfA: pairs.rowsOfA, rowsOfB: pairs.rowsOfB, likelihoodRatios };
}

function sides(a: EncodedExtract, b: EncodedExtract): BipartiteSides {
  const within = a === b;
  return {
    recordsOfA: a.records, recordsOfB: b.records,
    oneMatchForA: !within && b.cardinality === 'unique',
    oneMatchForB: !within && a.cardinality === 'unique',
  };
}

/**
 * Share of the matches that are candidates and are followed up: m, weighted by how often the segments are
 * observed together, times the probability of becoming a candidate.
 */
function reachableShare(
  space: VectorSpace, { counts, candidateProbability }: VectorCounts, m: Float64Array, keep: Uint8Array,
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
  space: VectorSpace, { counts, candidateProbability }: VectorCounts, m: Float64Array, keep: Uint8Array,
  matched: Float64Array, matches: number,
): Float64Array {
  const weightOf = patternShares(space, counts);
  return matched.map((sum, v) =>
    sum + matches * weightOf[v] * m[v] * (1 - keep[v] * candidateProbability[v]));
}
