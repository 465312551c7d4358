import {
  clusterRecords, type ClusteredRegister, type Entities, type RecordLinks,
} from '#libs/cluster';
import { succeedEntities, type EntitySuccession } from './entity-succession.js';
import { linksWithPrevious, withUntouched, type PreviousRecords } from './previous-entities.js';

/** Entities, and the links that they were made of. */
export interface ClusteredLinks {
  readonly links: RecordLinks;
  readonly clusters: Entities;
  /** Of each record, to belong to its entity. */
  readonly probability: Float64Array;
  readonly succession?: EntitySuccession;
}

export function clusterOnce(
  registers: readonly ClusteredRegister[], links: RecordLinks, threshold: number,
): ClusteredLinks {
  const clusters = clusterRecords(registers, links, threshold);
  return { links, clusters, probability: membership(links, clusters) };
}

/** As `PreviousEntities` and `linksWithPrevious` say. */
export function clusterRound(
  registers: readonly ClusteredRegister[], found: RecordLinks, threshold: number, before: PreviousRecords,
): ClusteredLinks {
  const { links, touched } = linksWithPrevious(found, before, threshold);
  // What was decided before keeps speaking for itself where this round's threshold is higher.
  const probabilities = links.probabilities.map((probability, e) =>
    (e < found.length ? probability : Math.max(probability, threshold)));
  const clusters = withUntouched(
    clusterRecords(registers, { ...links, probabilities }, threshold), before, touched);
  return {
    links, clusters,
    probability: membershipInRound(membership(links, clusters), clusters, before, touched),
    succession: succeedEntities(before.entityOf, before.sizes.length, clusters.entityOf, clusters.entities),
  };
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

/**
 * Settled records of entities that nothing touched keep their probability. Of one that was alone and still
 * is, both rounds say that it has no match.
 */
function membershipInRound(
  probability: Float64Array, { entityOf, entities }: Entities, before: PreviousRecords,
  touched: Uint8Array,
): Float64Array {
  const sizes = new Uint32Array(entities);
  for (const entity of entityOf) sizes[entity]++;
  return probability.map((ofRound, record) => {
    const entity = before.entityOf[record];
    if (!before.settled[record]) return ofRound;
    const isAlone = sizes[entityOf[record]] === 1;
    if (isAlone) return before.sizes[entity] === 1 ? ofRound * before.probability[record] : ofRound;
    return touched[entity] ? ofRound : before.probability[record];
  });
}
