import type { EncodedExtract } from '#libs/record';
import type { BlockingPlan } from '#libs/block';
import type { ComparedPairs, ComparisonScheme, SharedFilters } from '#libs/compare';
import type { MatchFit, MatchModel } from '#libs/score';
import type { Compute } from './compute.js';
import type { CountingTask } from './counting-task.js';
import { countedPair, firstModel } from './first-model.js';
import type { LinkageSpec } from './linkage-spec.js';
import { pairsOfRows } from './pair-joins.js';
import { breathe, drive, type LinkageResources } from './pacing.js';
import { posteriorRounds, worthFollowing, type JudgedPairs } from './posterior-rounds.js';
import { sampledPosterior } from './sampled-posterior.js';
import { countVectors } from './vector-counts.js';

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
    probabilitiesOf: (sample) => sampledPosterior(pair, sample, spec.score.rounds, resources),
  }, compute, (fraction) => report(0.9 * fraction));
  const first = await firstModel(pair, counted.counts, counted.reliable, resources);
  await breathe(resources);
  const keep = worthFollowing(pair.space, counted.rare, first.odds);
  const followed = pairsWith(counted.pairs, keep);
  const { sides, mostMatches } = pair;
  const { counts, candidateProbability, plan, candidates, cutPairs, cutCandidates } = counted;
  const judged = await drive(posteriorRounds(
    pair.space, { pairs: followed, sides, mostMatches, counts, candidateProbability, keep },
    first, spec.score.rounds), resources, () => report(0.95));
  const { pairs, probabilities } = tellingPairs(followed, judged);
  resources.onFollowedPairs?.({
    registers: `${a.registerId} x ${b.registerId}`, pairs, vectors: judged.telling,
    allPairsOf: (rows) => pairsOfRows(counting, compute, rows, judged.telling),
  });
  report(1);
  return {
    pairs, probabilities, model: {
      plan, candidates, cutPairs, cutCandidates, em: first.fit, nonMatch: first.fit.nonMatch,
      match: judged.model, matches: judged.matches, pairCompleteness: judged.pairCompleteness,
    },
  };
}

/** The pairs whose vector tells matches from chance, each with its probability. */
export function tellingPairs(
  followed: ComparedPairs, { telling, probabilities }: JudgedPairs,
): Pick<RegisterPairLinks, 'pairs' | 'probabilities'> {
  return {
    pairs: pairsWith(followed, telling),
    probabilities: probabilities.filter((_, e) => telling[followed.vectors[e]] === 1),
  };
}

function pairsWith(pairs: ComparedPairs, keep: Uint8Array): ComparedPairs {
  const wanted = Uint32Array.from(pairs.vectors.keys()).filter((e) => keep[pairs.vectors[e]] === 1);
  const column = (values: Uint32Array): Uint32Array => wanted.map((e) => values[e]);
  return {
    length: wanted.length, rowsOfA: column(pairs.rowsOfA), rowsOfB: column(pairs.rowsOfB),
    vectors: column(pairs.vectors),
  };
}
