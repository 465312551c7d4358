import type { EncodedExtract } from '#libs/record';
import { keyedBlocksOf } from '#libs/block';
import { shareFilters } from '#libs/compare';
import { Compute, workspacesFor } from './compute.js';
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
import { sampledPosterior } from './sampled-posterior.js';
import { pairsWithin, planCounting, type PlannedCounting } from './vector-counts.js';

/** What a run would do, said before it runs. */
export interface LinkagePlan {
  readonly registers: readonly PlannedRegisterPair[];
  /** Over all registers, with those inside unique registers. */
  readonly comparisons: number;
  /** Beyond the extracts themselves, see `predictedMemory`. */
  readonly memoryBytes: number;
  readonly threads: number;
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
}

/** Pairs that are compared to plan two registers, and to know the non-matches of one. */
const PLANNING_PAIRS = 1e7;

/**
 * Predicts comparisons and memory of `link` with the same arguments, without linking: plans every two
 * registers from a smaller sample than the run does.
 *
 * @throws VinculumError as `link` does, `LINKAGE_OVER_BUDGET` included.
 */
export async function planLinkage(
  extracts: readonly EncodedExtract[], given: LinkageSpec, resources: LinkageResources = {},
  previous?: PreviousEntities,
): Promise<LinkagePlan> {
  const spec = parseLinkageSpec(given);
  assertLinkable(extracts);
  if (previous) assertPrevious(previous, extracts);
  const tasks = linkageTasks(extracts, previous?.settled);
  const threads = workspacesFor(resources);
  // With nothing kept: what the filters alone need is refused before they are copied.
  const least = predictedMemory(extracts, tasks, threads, tasks.map(() => 0));
  assertWithinMemory(least, resources.mostMemoryBytes);
  if (tasks.length === 0) return { registers: [], comparisons: 0, memoryBytes: least, threads };
  const scheme = chooseScheme(extracts, tasks, spec);
  const filters = await drive(
    shareFilters(extracts, scheme, threads, resources.compute?.prepare), resources, () => undefined);
  const compute = new Compute(filters, resources);
  if (scheme.segments.length === 1) await scaleLocally(filters, compute, spec.seed + 11, () => undefined);
  const known = await knownNonMatches(extracts, filters, scheme, spec, compute, resources, PLANNING_PAIRS);
  const registers: PlannedRegisterPair[] = [];
  const kept: number[] = [];
  for (const [t, { a, b }] of tasks.entries()) {
    const pair = countedPair(extracts[a], extracts[b], scheme, nonMatchesFor(known, a, b));
    const planned = await planCounting({
      filters, a, b, scheme, blocking: spec.blocking,
      sampledPairs: spec.comparison.sampledPairs, seed: spec.seed + 100 * (t + 1) + 1,
      knownNonMatches: pair.knownNonMatches,
      probabilitiesOf: (evidence) => sampledPosterior(pair, evidence, spec.score.rounds, resources),
    }, compute, PLANNING_PAIRS);
    kept.push(planned.keptPairs);
    registers.push(describe(`${extracts[a].registerId} x ${extracts[b].registerId}`, planned));
  }
  const memoryBytes = predictedMemory(extracts, tasks, threads, kept);
  assertWithinMemory(memoryBytes, resources.mostMemoryBytes);
  const within = extracts.reduce((sum, { cardinality, records }) =>
    sum + (cardinality === 'unique' && records > 1 ? pairsWithin(records, spec.blocking) : 0), 0);
  const comparisons = registers.reduce((sum, pair) => sum + pair.comparisons, within);
  return { registers, comparisons, memoryBytes, threads };
}

function describe(
  registers: string, { plan, pairsBefore, cutCandidates }: PlannedCounting,
): PlannedRegisterPair {
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
