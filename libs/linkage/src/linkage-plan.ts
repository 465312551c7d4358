import type { EncodedExtract } from '#libs/record';
import { keyedBlocksOf } from '#libs/block';
import { shareFilters } from '#libs/compare';
import { Compute, workspacesFor } from './compute.js';
import type { PlannedTask } from './counting-task.js';
import { countedPair } from './first-model.js';
import { knownNonMatches, nonMatchesFor } from './known-non-matches.js';
import { assertLinkable } from './linkage-input.js';
import { parseLinkageSpec, type LinkageSpec } from './linkage-spec.js';
import { linkageTasks } from './linkage-tasks.js';
import { scaleLocally } from './local-scaling.js';
import { drive, type LinkageResources } from './pacing.js';
import { assertWithinMemory, predictedMemory } from './predicted-memory.js';
import { assertPrevious, type PreviousEntities } from './previous-entities.js';
import { chooseScheme } from './run-scheme.js';
import { SecondsPredictor, type PredictedSeconds } from './predicted-seconds.js';
import { sampledPosterior } from './sampled-posterior.js';
import { Stopwatch } from './stopwatch.js';
import { pairsToJoin, pairsWithin, planCounting, type PlannedCounting } from './vector-counts.js';

/** What a run would do, said before it runs. */
export interface LinkagePlan {
  readonly registers: readonly PlannedRegisterPair[];
  /** Over all registers, with those inside unique registers. */
  readonly comparisons: number;
  /** Beyond the extracts themselves, see `predictedMemory`. */
  readonly memoryBytes: number;
  readonly threads: number;
  /** How long that takes, here and now; null without a clock. */
  readonly seconds: Omit<PredictedSeconds, 'comparing'> | null;
}

export interface PlannedRegisterPair {
  /** `a x b`. */
  readonly registers: string;
  readonly blocking: 'exhaustive' | 'hamming-lsh';
  /** All pairs of the two. */
  readonly pairs: number;
  /** Comparisons in full, those that planning and the model need included. */
  readonly comparisons: number;
  readonly tables: number;
  /** Names of the rules whose block keys are used. */
  readonly keyedBlocks: readonly string[];
  /** Share of the likely matches that become candidates, 0..1. */
  readonly pairCompleteness: number;
  /** Candidates for which a record will have no room, by a sample; null where none is taken. */
  readonly cutCandidates: number | null;
  /** For comparing the two and judging their pairs; null without a clock. */
  readonly seconds: number | null;
}

/** Pairs that are compared to know the non-matches of a register, … */
const NON_MATCHING_PAIRS = 1e7;
/** … and to plan two registers: of those that a run plans with so many, all if they are fewer, … */
const PLANNING_PAIRS = 5e7;
/** … or this share, or hardly a match would be among them. */
const PLANNING_SHARE = 0.25;
const LEAST_PIECES = 4;

/**
 * Predicts comparisons and memory of `link` with the same arguments, without linking: plans every two
 * registers from a smaller sample than the run does. With a clock (`resources.now`) also seconds: then parts
 * of the run are tried out and timed, so it takes longer.
 *
 * @throws VinculumError as `link` does, `LINKAGE_OVER_BUDGET` included.
 */
export function planLinkage(
  extracts: readonly EncodedExtract[], given: LinkageSpec, resources: LinkageResources = {},
  previous?: PreviousEntities,
): Promise<LinkagePlan> {
  const { now } = resources;
  const predictor = now && new SecondsPredictor(new Stopwatch(now), resources, workspacesFor(resources));
  return planWith(predictor ?? null, extracts, given, resources, previous);
}

/** The same, without seconds where there is none to predict them. */
export async function planWith(
  predictor: SecondsPredictor | null, extracts: readonly EncodedExtract[], given: LinkageSpec,
  resources: LinkageResources, previous: PreviousEntities | undefined,
): Promise<LinkagePlan> {
  const spec = parseLinkageSpec(given);
  assertLinkable(extracts);
  if (previous) assertPrevious(previous, extracts);
  const tasks = linkageTasks(extracts, previous?.settled);
  const threads = workspacesFor(resources);
  // With nothing kept: what the filters alone need is refused before they are copied.
  const least = predictedMemory(extracts, tasks, threads, tasks.map(() => 0));
  assertWithinMemory(least, resources.mostMemoryBytes);
  if (tasks.length === 0) {
    return { registers: [], comparisons: 0, memoryBytes: least, threads, seconds: secondsOf(predictor) };
  }
  const scheme = chooseScheme(extracts, tasks, spec);
  const filters = await drive(
    shareFilters(extracts, scheme, threads, resources.compute?.prepare), resources, () => undefined);
  const compute = new Compute(filters, resources, predictor?.log);
  if (scheme.segments.length === 1) await scaleLocally(filters, compute, spec.seed + 11, () => undefined);
  await predictor?.prepared(compute, scheme);
  const known = await knownNonMatches(extracts, filters, scheme, spec, compute, resources, {
    mostPairs: NON_MATCHING_PAIRS, pairsInTask: piece(NON_MATCHING_PAIRS, threads),
  });
  predictor?.countedNonMatches(extracts, known, spec.blocking);
  const registers: PlannedRegisterPair[] = [];
  const kept: number[] = [];
  for (const [t, { a, b }] of tasks.entries()) {
    const pair = countedPair(extracts[a], extracts[b], scheme, nonMatchesFor(known, a, b));
    const mostPairs = Math.max(PLANNING_PAIRS, PLANNING_SHARE * pairsToJoin(extracts[a], extracts[b]));
    const task: PlannedTask = {
      filters, a, b, scheme, blocking: spec.blocking, pairsInTask: piece(mostPairs, threads),
      sampledPairs: spec.comparison.sampledPairs, seed: spec.seed + 100 * (t + 1) + 1,
      knownNonMatches: pair.knownNonMatches,
      probabilitiesOf: (evidence) => sampledPosterior(pair, evidence, spec.score.rounds, resources),
    };
    const planned = await planCounting(task, compute, mostPairs);
    const seconds = await predictor?.plannedPair({
      a: extracts[a], b: extracts[b], pair, scheme, filters, spec, task, planned,
    }, compute) ?? null;
    kept.push(planned.keptPairs);
    registers.push({ ...describe(`${extracts[a].registerId} x ${extracts[b].registerId}`, planned), seconds });
  }
  const memoryBytes = predictedMemory(extracts, tasks, threads, kept);
  assertWithinMemory(memoryBytes, resources.mostMemoryBytes);
  const within = extracts.reduce((sum, { cardinality, records }) =>
    sum + (cardinality === 'unique' && records > 1 ? pairsWithin(records, spec.blocking).pairs : 0), 0);
  const comparisons = registers.reduce((sum, pair) => sum + pair.comparisons, within);
  return { registers, comparisons, memoryBytes, threads, seconds: secondsOf(predictor) };
}

function secondsOf(predictor: SecondsPredictor | null): LinkagePlan['seconds'] {
  if (!predictor) return null;
  const { total, preparing, nonMatches, deciding } = predictor.predicted();
  return { total, preparing, nonMatches, deciding };
}

/** Every thread is to have some of the sample, as it has in a run. */
function piece(pairs: number, threads: number): number {
  return Math.ceil(pairs / Math.max(LEAST_PIECES, threads));
}

function describe(
  registers: string, { plan, pairsBefore, cutCandidates }: PlannedCounting,
): Omit<PlannedRegisterPair, 'seconds'> {
  const { kind: blocking, pairs } = plan;
  const of = blocking === 'exhaustive'
    ? { comparisons: pairs, tables: 0, keyedBlocks: [], pairCompleteness: 1 }
    : {
      comparisons: plan.predicted.comparisons, tables: plan.tables.length,
      keyedBlocks: keyedBlocksOf(plan),
      pairCompleteness: plan.predicted.pairCompleteness,
    };
  return { registers, blocking, pairs, ...of, comparisons: of.comparisons + pairsBefore, cutCandidates };
}
