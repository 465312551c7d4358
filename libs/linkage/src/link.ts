import type { EncodedExtract } from '#libs/record';
import { randomPairs } from '#libs/block';
import { clusterRecords, type Entities, type RecordLinks } from '#libs/cluster';
import {
  chooseCuts, comparisonScheme, shareFilters,
  type ChancePairs, type ComparisonScheme, type SharedFilters,
} from '#libs/compare';
import { chooseThreshold, type Threshold } from '#libs/score';
import { expectedLinkQuality, type DecidedLinks, type ExpectedLinkQuality } from './expected-links.js';
import { assertLinkable } from './linkage-input.js';
import { linkageTasks, type LinkageTask } from './linkage-tasks.js';
import { decisionWarnings, modelWarnings, type LinkageWarning } from './linkage-warning.js';
import { parseLinkageSpec, type LinkageSpec } from './linkage-spec.js';
import { Compute, workspacesFor } from './compute.js';
import { assertExplainable, explainPairs, type PairExplanation } from './pair-explanation.js';
import { assertCategories } from './record-categories.js';
import { breathe, drive, type LinkageResources } from './pacing.js';
import { linkRegisterPair, type RegisterPairLinks, type RegisterPairModel } from './register-pair.js';
import { countWithin } from './vector-counts.js';

export interface LinkageResult extends ExpectedLinkQuality {
  readonly entities: number;
  /** For each extract: entity of each row, 0-based in order of first appearance. */
  readonly entityOf: readonly Uint32Array[];
  /** For each extract: probability that the row belongs to its entity (a row alone: that it has no match). */
  readonly probability: readonly Float64Array[];
  readonly threshold: Threshold;
  readonly models: readonly { readonly registers: string; readonly model: RegisterPairModel }[];
  readonly scheme: ComparisonScheme;
  /** Links that reached the threshold and were not made: the entities are worth more without them. */
  readonly refusedLinks: number;
  /** What a reader of the figures has to know; empty when all went as it should. */
  readonly warnings: readonly LinkageWarning[];
  /** Of the pairs in `resources.explain`, in their order. */
  readonly explanations: readonly PairExplanation[];
  /** Milliseconds of each stage; empty without a clock. */
  readonly timings: Readonly<Record<string, number>>;
}

/**
 * Links two or more extracts: block -> compare -> score for every pair of registers (and within those that
 * hold many records a person), then entities under the registers' cardinalities.
 *
 * Deterministic: the same extracts, in the same order, and spec give the same result.
 *
 * @throws VinculumError `LINKAGE_INPUT_INVALID` when the extracts do not fit together, `LINKAGE_SPEC_INVALID`
 *   when the spec is none.
 */
export async function link(
  extracts: readonly EncodedExtract[], spec: LinkageSpec, resources: LinkageResources = {},
): Promise<LinkageResult> {
  parseLinkageSpec(spec);
  assertLinkable(extracts);
  assertCategories(resources.categories ?? [], extracts);
  assertExplainable(resources.explain ?? [], extracts);
  await breathe(resources);
  const timings = new Timings(resources.now);
  const scheme = chooseScheme(extracts, spec);
  const filters = await timings.measure('share', () =>
    drive(
      shareFilters(extracts, scheme, workspacesFor(resources), resources.compute?.prepare),
      resources, () => undefined));
  const compute = new Compute(filters, resources);
  const known = await timings.measure('non-matches', () =>
    knownNonMatches(extracts, filters, scheme, spec, compute, resources));
  const tasks = linkageTasks(extracts);
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
  const result = timings.measureNow('cluster', () => decide(extracts, scheme, spec, resources, tasks, results));
  resources.onProgress?.({ stage: 'cluster', registers: '', fraction: 1 });
  return { ...result, scheme, timings: timings.milliseconds };
}

/** Random pairs whose quartiles of similarity say where levels begin. */
const PAIRS_FOR_LEVELS = 20000;

function chooseScheme(extracts: readonly EncodedExtract[], spec: LinkageSpec): ComparisonScheme {
  const samples: ChancePairs[] = [];
  const pairs = (extracts.length * (extracts.length - 1)) / 2;
  const size = Math.ceil(Math.min(spec.comparison.sampledPairs, PAIRS_FOR_LEVELS) / pairs);
  extracts.forEach((a, x) => extracts.slice(x + 1).forEach((b, y) => samples.push({
    a, b, pairs: randomPairs(a.records, b.records, size, spec.seed + 31 * x + y),
  })));
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
      stage: 'compare', registers: registerId, fraction: (0.1 * (x + fraction)) / extracts.length,
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

type Decision = Omit<LinkageResult, 'scheme' | 'timings'>;

function decide(
  extracts: readonly EncodedExtract[], scheme: ComparisonScheme, spec: LinkageSpec,
  resources: LinkageResources, tasks: readonly LinkageTask[],
  results: readonly RegisterPairLinks[],
): Decision {
  const first = extracts.map((_, x) => extracts.slice(0, x).reduce((sum, { records }) => sum + records, 0));
  const links = recordLinks(tasks, results, first);
  const crossing = Float64Array.from(results.flatMap(({ probabilities }, t) =>
    (tasks[t].a === tasks[t].b ? [] : Array.from(probabilities))));
  const matches = results.reduce((sum, { model }, t) =>
    (tasks[t].a === tasks[t].b ? sum : sum + model.matches), 0);
  const threshold = chooseThreshold(crossing, matches, spec.decision);
  const clusters = clusterRecords(extracts, links, threshold.probability);
  const decided: DecidedLinks = { extracts, tasks, results, links, clusters, first };
  const split = <T extends Uint32Array | Float64Array>(all: T): T[] =>
    extracts.map(({ records }, x) => all.slice(first[x], first[x] + records) as T);
  return {
    entities: clusters.entities,
    entityOf: split(clusters.entityOf),
    probability: split(membership(links, clusters)),
    threshold, ...expectedLinkQuality(decided, resources.categories ?? []),
    explanations: explainPairs(resources.explain ?? [], scheme, decided, threshold.probability),
    models: tasks.map(({ a, b }, t) => ({
      registers: `${extracts[a].registerId} x ${extracts[b].registerId}`, model: results[t].model,
    })),
    refusedLinks: clusters.refused,
    warnings: [
      ...modelWarnings(extracts, tasks, results),
      ...decisionWarnings(threshold.atFloor, clusters.decided.unfinished),
    ],
  };
}

function recordLinks(
  tasks: readonly LinkageTask[], results: readonly RegisterPairLinks[], first: readonly number[],
): RecordLinks {
  const length = results.reduce((sum, { pairs }) => sum + pairs.length, 0);
  const recordsA = new Uint32Array(length);
  const recordsB = new Uint32Array(length);
  const probabilities = new Float64Array(length);
  let at = 0;
  results.forEach((result, t) => {
    for (let e = 0; e < result.pairs.length; e++, at++) {
      recordsA[at] = first[tasks[t].a] + result.pairs.rowsOfA[e];
      recordsB[at] = first[tasks[t].b] + result.pairs.rowsOfB[e];
      probabilities[at] = result.probabilities[e];
    }
  });
  return { length, recordsA, recordsB, probabilities };
}

/** A linked record: its strongest link in its entity. A record alone: that none of its links is a match. */
function membership(links: RecordLinks, { entityOf, accepted }: Entities): Float64Array {
  const strongest = new Float64Array(entityOf.length);
  const alone = new Float64Array(entityOf.length).fill(1);
  for (let e = 0; e < links.length; e++) {
    alone[links.recordsA[e]] *= 1 - links.probabilities[e];
    alone[links.recordsB[e]] *= 1 - links.probabilities[e];
  }
  for (const e of accepted) {
    for (const record of [links.recordsA[e], links.recordsB[e]]) {
      strongest[record] = Math.max(strongest[record], links.probabilities[e]);
    }
  }
  return strongest.map((probability, record) => (probability > 0 ? probability : alone[record]));
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
