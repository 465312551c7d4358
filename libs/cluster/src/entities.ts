import { MOST_RECORDS_FOR_PARTITIONS, partitionSteps } from './best-partition.js';
import { bestAssignment } from './best-assignment.js';
import { improveComponent, type Budget } from './component-moves.js';
import { openComponents, type Component } from './components.js';
import { DisjointSets } from './disjoint-sets.js';
import { EntityMap } from './entity-map.js';
import { pairWeights, type PairWeights } from './pair-weights.js';
import { recordLayout, type RecordLayout } from './record-layout.js';
import type { ClusteredRegister, RecordLinks } from './record-links.js';
import { rowLinks } from './row-links.js';

/** How many components were decided by which rule. */
export interface DecidedComponents {
  /** Two records, or records that are all linked with each other and may all be one entity. */
  readonly whole: number;
  /** Records of two unique registers: the best assignment. */
  readonly assignment: number;
  /** At most 10 records: the best of all partitions. */
  readonly partition: number;
  /** Others: likeliest link first, then local moves until none helps. */
  readonly moves: number;
  /** Of these, those where the work ended before the moves did. */
  readonly unfinished: number;
}

export interface Entities {
  /** Entity of every record (numbered through all registers), 0-based in order of first appearance. */
  readonly entityOf: Uint32Array;
  readonly entities: number;
  /** Links inside the entities that reach the threshold, as indices into the given, likeliest first. */
  readonly accepted: Uint32Array;
  /** Links that reached the threshold and were not made. */
  readonly refused: number;
  readonly decided: DecidedComponents;
}

/** Work for one component and for all of them, in links looked at or sets divided. */
const MOST_STEPS_OF_COMPONENT = 2e7;
const MOST_STEPS = 4e8;

/**
 * Divides all records into entities, so that no entity holds two records of a register that is unique per
 * person, for the highest sum of weights over the pairs inside (correlation clustering; Bansal, Blum and
 * Chawla 2004): `pairWeights` says what a pair is worth. Entities are connected by links that reach the
 * threshold, so that each component of these links is decided by itself, as `DecidedComponents` says. The
 * result is never worth less than joining likeliest link first.
 *
 * Every record is in exactly one entity; unlinked records are entities of their own. The result does not
 * depend on the order of the links.
 *
 * @param threshold links below this probability join nothing.
 * @throws RangeError for more than 30 unique registers.
 */
export function clusterRecords(
  registers: readonly ClusteredRegister[], links: RecordLinks, threshold: number,
): Entities {
  const layout = recordLayout(registers);
  const made = linksByProbability(links, threshold);
  const entityOf = joinLikeliestFirst(layout, links, made);
  const { components, whole } = openComponents(layout, links, made);
  const wanted = new Uint8Array(layout.records);
  for (const { records } of components) for (const record of records) wanted[record] = 1;
  const weights = pairWeights(layout, links, threshold, wanted);
  const decided = decide(components, new EntityMap(weights, entityOf), weights);
  const accepted = made.filter((e) => entityOf[links.recordsA[e]] === entityOf[links.recordsB[e]]);
  return {
    ...numberEntities(entityOf), accepted: Uint32Array.from(accepted),
    refused: made.length - accepted.length, decided: { ...decided, whole },
  };
}

/** Likeliest first; ties: the link with the smaller record numbers. */
function linksByProbability(links: RecordLinks, threshold: number): number[] {
  const wanted: number[] = [];
  for (let e = 0; e < links.length; e++) if (links.probabilities[e] >= threshold) wanted.push(e);
  return wanted.sort((x, y) => links.probabilities[y] - links.probabilities[x]
    || links.recordsA[x] - links.recordsA[y] || links.recordsB[x] - links.recordsB[y]);
}

/** Joins as long as no entity would hold two records of a unique register: entity by its first record. */
function joinLikeliestFirst(
  { records, uniqueBits }: RecordLayout, links: RecordLinks, made: readonly number[],
): Uint32Array {
  const sets = new DisjointSets(records);
  const held = uniqueBits.slice();
  for (const e of made) {
    const [a, b] = [sets.root(links.recordsA[e]), sets.root(links.recordsB[e])];
    if (a === b || held[a] & held[b]) continue;
    const bits = held[a] | held[b];
    held[sets.join(a, b)] = bits;
  }
  return sets.roots();
}

/** Replaces what joining greedily made of each component by something at least as good. */
function decide(
  components: readonly Component[], entities: EntityMap, weights: PairWeights,
): Omit<DecidedComponents, 'whole'> {
  const decided = { assignment: 0, partition: 0, moves: 0, unfinished: 0 };
  let left = MOST_STEPS;
  for (const component of components) {
    const budget: Budget = { steps: Math.min(left, MOST_STEPS_OF_COMPONENT) };
    const given = budget.steps;
    const rule = budget.steps > 0 ? decideComponent(component, entities, weights, budget) : 'moves';
    decided[rule]++;
    if (rule === 'moves' && budget.steps <= 0) decided.unfinished++;
    left -= given - budget.steps;
  }
  return decided;
}

function decideComponent(
  component: Component, entities: EntityMap, weights: PairWeights, budget: Budget,
): 'assignment' | 'partition' | 'moves' {
  const { records } = component;
  const assigned = assign(component, entities.entityOf, weights, budget);
  if (assigned) return 'assignment';
  entities.open(records);
  const isSmall = records.length <= MOST_RECORDS_FOR_PARTITIONS;
  if (isSmall) {
    budget.steps -= partitionSteps(records.length);
    entities.divide(records);
  } else {
    improveComponent(component.links, entities, budget);
  }
  entities.close(records);
  return isSmall ? 'partition' : 'moves';
}

/** Decides a component of two unique registers; false for others, and when the steps do not suffice. */
function assign(
  { records }: Component, entityOf: Uint32Array, weights: PairWeights, budget: Budget,
): boolean {
  const bipartite = rowLinks(records, weights);
  if (!bipartite) return false;
  const columnOf = bestAssignment(bipartite.links, budget.steps / 2);
  if (!columnOf) {
    budget.steps /= 2;
    return false;
  }
  budget.steps -= bipartite.links.weights.length;
  for (const record of records) entityOf[record] = record;
  columnOf.forEach((column, row) => {
    if (column < 0) return;
    const [a, b] = [bipartite.rows[row], bipartite.columns[column]];
    entityOf[a] = entityOf[b] = Math.min(a, b);
  });
  return true;
}

function numberEntities(firstOf: Uint32Array): { entityOf: Uint32Array; entities: number } {
  const entityOf = new Uint32Array(firstOf.length);
  let entities = 0;
  for (let record = 0; record < firstOf.length; record++) {
    entityOf[record] = firstOf[record] === record ? entities++ : entityOf[firstOf[record]];
  }
  return { entityOf, entities };
}
