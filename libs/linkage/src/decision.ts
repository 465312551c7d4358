import type { EncodedExtract } from '#libs/record';
import type { ComparisonScheme, SharedFilters } from '#libs/compare';
import { chooseThreshold, type Threshold } from '#libs/score';
import { clusterOnce, clusterRound } from './clustered-links.js';
import { corroborateLinks } from './corroborated-links.js';
import type { EntitySuccession } from './entity-succession.js';
import { expectedLinkQuality, type DecidedLinks, type ExpectedLinkQuality } from './expected-links.js';
import type { LinkageSpec } from './linkage-spec.js';
import type { LinkageTask } from './linkage-tasks.js';
import { decisionWarnings, modelWarnings, type LinkageWarning } from './linkage-warning.js';
import type { LinkageResources } from './pacing.js';
import { explainPairs, type PairExplanation } from './pair-explanation.js';
import { previousRecords, type PreviousEntities } from './previous-entities.js';
import type { RegisterPairLinks, RegisterPairModel } from './register-pair.js';

/** What is decided from the links of every two registers. */
export interface Decision extends ExpectedLinkQuality {
  readonly entities: number;
  /** For each extract: entity of each row, 0-based in order of first appearance. */
  readonly entityOf: readonly Uint32Array[];
  /** For each extract: probability that the row belongs to its entity (a row alone: that it has no match). */
  readonly probability: readonly Float64Array[];
  readonly threshold: Threshold;
  readonly models: readonly { readonly registers: string; readonly model: RegisterPairModel }[];
  /** Links that reached the threshold and were not made: the entities are worth more without them. */
  readonly refusedLinks: number;
  /** What a reader of the figures has to know; empty when all went as it should. */
  readonly warnings: readonly LinkageWarning[];
  /** Of the pairs in `resources.explain`, in their order. */
  readonly explanations: readonly PairExplanation[];
  /** What became of the entities of the round before, where there was one. */
  readonly succession?: EntitySuccession;
}

export interface ScoredRegisters {
  readonly extracts: readonly EncodedExtract[];
  readonly scheme: ComparisonScheme;
  readonly filters: SharedFilters;
  readonly spec: LinkageSpec;
  readonly resources: LinkageResources;
  readonly tasks: readonly LinkageTask[];
  readonly results: readonly RegisterPairLinks[];
  readonly previous: PreviousEntities | undefined;
}

/** Threshold, entities and expected quality from the links of every two registers that were compared. */
export function decide(
  { extracts, scheme, filters, spec, resources, tasks, results: scored, previous }: ScoredRegisters,
): Decision {
  const first = extracts.map((_, x) => extracts.slice(0, x).reduce((sum, { records }) => sum + records, 0));
  const before = previous && previousRecords(previous, first);
  const { found, results } = corroborateLinks(extracts, tasks, scored, first, before);
  const ofTwo = results.filter((_, t) => tasks[t].a !== tasks[t].b);
  const crossing = Float64Array.from(ofTwo.flatMap(({ probabilities }) => Array.from(probabilities)));
  const threshold = chooseThreshold(
    crossing, ofTwo.reduce((sum, { matches }) => sum + matches, 0), spec.decision);
  const { links, clusters, probability, succession } = before
    ? clusterRound(extracts, found, threshold.probability, before)
    : clusterOnce(extracts, found, threshold.probability);
  const decided: DecidedLinks = { extracts, tasks, results, links, clusters, first };
  const split = <T extends Uint32Array | Float64Array>(all: T): T[] =>
    extracts.map(({ records }, x) => all.slice(first[x], first[x] + records) as T);
  return {
    entities: clusters.entities,
    entityOf: split(clusters.entityOf),
    probability: split(probability),
    threshold, ...expectedLinkQuality(decided, resources.categories ?? []),
    explanations: explainPairs(resources.explain ?? [], scheme, filters, decided, threshold.probability),
    models: tasks.map(({ a, b }, t) => ({
      registers: `${extracts[a].registerId} x ${extracts[b].registerId}`, model: results[t].model,
    })),
    refusedLinks: clusters.refused,
    warnings: [
      ...modelWarnings(extracts, tasks, results),
      ...decisionWarnings(threshold.atFloor, clusters.decided.unfinished),
    ],
    ...(succession ? { succession } : {}),
  };
}
