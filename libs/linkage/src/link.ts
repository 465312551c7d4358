import type { EncodedExtract } from '#libs/record';
import { randomPairs } from '#libs/block';
import {
  chooseCuts, comparisonScheme, shareFilters,
  type ChancePairs, type ComparisonScheme, type SharedFilters,
} from '#libs/compare';
import { decide, type Decision } from './decision.js';
import { assertLinkable } from './linkage-input.js';
import { linkageTasks, type LinkageTask } from './linkage-tasks.js';
import { parseLinkageSpec, type LinkageSpec } from './linkage-spec.js';
import { Compute, workspacesFor } from './compute.js';
import { scaleLocally } from './local-scaling.js';
import { assertExplainable } from './pair-explanation.js';
import { assertPrevious, type PreviousEntities } from './previous-entities.js';
import { assertCategories } from './record-categories.js';
import { breathe, drive, type LinkageResources } from './pacing.js';
import { linkRegisterPair, type RegisterPairLinks } from './register-pair.js';
import { countWithin } from './vector-counts.js';

export interface LinkageResult extends Decision {
  readonly scheme: ComparisonScheme;
  /** Milliseconds of each stage; empty without a clock. */
  readonly timings: Readonly<Record<string, number>>;
}

/**
 * Links two or more extracts: block -> compare -> score for every pair of registers (and within those that
 * hold many records a person), then entities under the registers' cardinalities.
 *
 * With the entities of a round before, only pairs with an extract that is not settled are compared; entities
 * that no link of this round touches stay as they are, the others are decided anew.
 *
 * Deterministic: the same extracts, in the same order, spec and entities of the round before give the same
 * result.
 *
 * @throws VinculumError `LINKAGE_INPUT_INVALID` when the extracts do not fit together,
 *   `LINKAGE_SPEC_INVALID` when the spec is none, `PREVIOUS_ENTITIES_INVALID` when those of the round before
 *   are not of the extracts.
 */
export async function link(
  extracts: readonly EncodedExtract[], spec: LinkageSpec, resources: LinkageResources = {},
  previous?: PreviousEntities,
): Promise<LinkageResult> {
  parseLinkageSpec(spec);
  assertLinkable(extracts);
  if (previous) assertPrevious(previous, extracts);
  const tasks = linkageTasks(extracts, previous?.settled);
  assertCategories(resources.categories ?? [], extracts);
  assertExplainable(resources.explain ?? [], extracts, previous?.settled);
  await breathe(resources);
  const timings = new Timings(resources.now);
  const scheme = chooseScheme(extracts, tasks, spec);
  const filters = await timings.measure('share', () =>
    drive(
      shareFilters(extracts, scheme, workspacesFor(resources), resources.compute?.prepare),
      resources, () => undefined));
  const compute = new Compute(filters, resources);
  if (scheme.segments.length === 1 && tasks.length > 0) {
    await timings.measure('scaling', () => scaleLocally(filters, compute, spec.seed + 11, (fraction) =>
      resources.onProgress?.({ stage: 'compare', registers: '', fraction: 0.05 * fraction })));
  }
  const known = tasks.length === 0 ? [] : await timings.measure('non-matches', () =>
    knownNonMatches(extracts, filters, scheme, spec, compute, resources));
  const results: RegisterPairLinks[] = [];
  for (const [t, { a, b }] of tasks.entries()) {
    const registers = `${extracts[a].registerId} x ${extracts[b].registerId}`;
    const report = (fraction: number): void => resources.onProgress?.({
      stage: 'compare', registers, fraction: 0.1 + (0.8 * (t + fraction)) / tasks.length,
    });
    results.push(await timings.measure(registers, () => linkRegisterPair({
      a: extracts[a], b: extracts[b], numbers: [a, b], filters, scheme, spec,
      seed: spec.seed + 100 * (t + 1), knownNonMatches: nonMatchesFor(known, a, b),
    }, compute, resources, report)));
  }
  resources.onProgress?.({ stage: 'cluster', registers: '', fraction: 0.9 });
  const result = timings.measureNow('cluster', () =>
    decide({ extracts, scheme, filters, spec, resources, tasks, results, previous }));
  resources.onProgress?.({ stage: 'cluster', registers: '', fraction: 1 });
  return { ...result, scheme, timings: timings.milliseconds };
}

/** Random pairs whose quartiles of similarity say where levels begin. */
const PAIRS_FOR_LEVELS = 20000;

/** From pairs of the registers that are compared; of all where none are. */
function chooseScheme(
  extracts: readonly EncodedExtract[], tasks: readonly LinkageTask[], spec: LinkageSpec,
): ComparisonScheme {
  const sampled = (tasks.length > 0 ? tasks : linkageTasks(extracts)).filter(({ a, b }) => a !== b);
  const size = Math.ceil(Math.min(spec.comparison.sampledPairs, PAIRS_FOR_LEVELS) / sampled.length);
  const samples = sampled.map(({ a: x, b: y }): ChancePairs => {
    const [a, b] = [extracts[x], extracts[y]];
    return { a, b, pairs: randomPairs(a.records, b.records, size, spec.seed + 31 * x + y - x - 1) };
  });
  return comparisonScheme(chooseCuts(samples, spec.comparison.steps));
}

/** Vector counts within each unique register: pairs that are surely non-matches. Null for the others. */
async function knownNonMatches(
  extracts: readonly EncodedExtract[], filters: SharedFilters, scheme: ComparisonScheme, spec: LinkageSpec,
  compute: Compute, resources: LinkageResources,
): Promise<(Float64Array | null)[]> {
  const result: (Float64Array | null)[] = [];
  for (const [x, { registerId, cardinality, records }] of extracts.entries()) {
    if (cardinality !== 'unique' || records < 2) {
      result.push(null);
      continue;
    }
    result.push(await countWithin({
      filters, a: x, b: x, scheme, blocking: spec.blocking, knownNonMatches: null,
      sampledPairs: spec.comparison.sampledPairs, seed: spec.seed + 7000 + x,
    }, compute, (fraction) => resources.onProgress?.({
      stage: 'compare', registers: registerId, fraction: 0.05 + (0.05 * (x + fraction)) / extracts.length,
    })));
  }
  return result;
}

/** Those of the two registers if one of them is unique, else those of every unique register. */
function nonMatchesFor(
  known: readonly (Float64Array | null)[], a: number, b: number,
): Float64Array | null {
  const own = [known[a], a === b ? null : known[b]].filter((counts) => counts !== null);
  const used = own.length > 0 ? own : known.filter((counts) => counts !== null);
  if (used.length === 0) return null;
  return used[0].map((_, v) => used.reduce((sum, counts) => sum + counts[v], 0));
}

/** Wall-clock milliseconds by stage, where a clock was given. */
class Timings {
  readonly milliseconds: Record<string, number> = {};

  constructor(private readonly now: (() => number) | undefined) {}

  async measure<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const start = this.now?.();
    const result = await work();
    this.note(stage, start);
    return result;
  }

  measureNow<T>(stage: string, work: () => T): T {
    const start = this.now?.();
    const result = work();
    this.note(stage, start);
    return result;
  }

  private note(stage: string, start: number | undefined): void {
    if (this.now && start !== undefined) this.milliseconds[stage] = Math.round(this.now() - start);
  }
}
