import type { EncodedExtract } from '#libs/record';
import { shareFilters, wasmCandidateKernel, type ComparisonScheme } from '#libs/compare';
import { decide, type Decision } from './decision.js';
import { assertLinkable } from './linkage-input.js';
import { knownNonMatches, nonMatchesFor } from './known-non-matches.js';
import { planWith } from './linkage-plan.js';
import { linkageTasks } from './linkage-tasks.js';
import { parseLinkageSpec, type LinkageSpec } from './linkage-spec.js';
import { Compute, workspacesFor } from './compute.js';
import { scaleLocally } from './local-scaling.js';
import { assertExplainable } from './pair-explanation.js';
import { predictedMemory } from './predicted-memory.js';
import { assertPrevious, type PreviousEntities } from './previous-entities.js';
import { assertCategories } from './record-categories.js';
import { breathe, drive, type LinkageResources } from './pacing.js';
import { linkRegisterPair, type RegisterPairLinks } from './register-pair.js';
import { chooseScheme } from './run-scheme.js';

export interface LinkageResult extends Decision {
  readonly scheme: ComparisonScheme;
  /** Which kernel compared. */
  readonly kernel: string;
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
 *   are not of the extracts, `LINKAGE_OVER_BUDGET` when more memory is predicted than is allowed.
 */
export async function link(
  extracts: readonly EncodedExtract[], given: LinkageSpec, resources: LinkageResources = {},
  previous?: PreviousEntities,
): Promise<LinkageResult> {
  const spec = parseLinkageSpec(given);
  assertLinkable(extracts);
  if (previous) assertPrevious(previous, extracts);
  const tasks = linkageTasks(extracts, previous?.settled);
  // With as many pairs as there is room for it often says too much: then a plan tells.
  const { mostMemoryBytes } = resources;
  if (mostMemoryBytes !== undefined
    && predictedMemory(extracts, tasks, workspacesFor(resources)) > mostMemoryBytes) {
    await planWith(null, extracts, spec, resources, previous);
  }
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
  const kernel = resources.compute?.kernel ?? wasmCandidateKernel.name;
  return { ...result, scheme, kernel, timings: timings.milliseconds };
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
