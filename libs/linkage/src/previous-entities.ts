import { VinculumError, type EncodedExtract } from '#libs/record';
import type { Entities, RecordLinks } from '#libs/cluster';

/** In `PreviousEntities.entityOf`: the record was in no entity of the round before, because it is new. */
export const NEW_RECORD = 0xffffffff;

/**
 * What the round before found, for the extracts of this one.
 *
 * An extract is *settled* when it is the same as in the round before: same records, same filters. Pairs of
 * settled extracts are not compared again; what was found about them is that their records are in one
 * entity, or not. All other extracts, those of registers that are new and those that replace an earlier one
 * of their register, are compared with every extract; of their records it only matters for the entities' ids
 * where they were before.
 */
export interface PreviousEntities {
  /** Number of records of each entity in the round before, also of those that are gone. */
  readonly sizes: Uint32Array;
  /** For each extract: entity of each row in the round before, or `NEW_RECORD`. */
  readonly entityOf: readonly Uint32Array[];
  /** For each extract: probability of each row in the round before; not read for new records. */
  readonly probability: readonly Float64Array[];
  /** For each extract: whether it is settled. */
  readonly settled: readonly boolean[];
}

/** @throws VinculumError `PREVIOUS_ENTITIES_INVALID`. */
export function assertPrevious(previous: PreviousEntities, extracts: readonly EncodedExtract[]): void {
  const refuse = (reason: string): never => {
    throw new VinculumError('PREVIOUS_ENTITIES_INVALID', `the entities of the round before are refused: ${reason}`);
  };
  const { entityOf, probability, settled, sizes } = previous;
  for (const column of [entityOf, probability, settled]) {
    if (column.length !== extracts.length) refuse(`expected ${extracts.length} extracts, got ${column.length}`);
  }
  extracts.forEach(({ registerId, records, cardinality }, x) => {
    if (entityOf[x].length !== records || probability[x].length !== records) {
      refuse(`expected an entity for each of the ${records} records of ${registerId}`);
    }
    const known = entityOf[x].filter((entity) => entity !== NEW_RECORD);
    if (known.some((entity) => entity >= sizes.length)) {
      refuse(`${registerId} names an entity beyond the ${sizes.length} that there are`);
    }
    if (probability[x].some((value) => !(value >= 0 && value <= 1))) {
      refuse(`${registerId} has a probability outside 0 and 1`);
    }
    if (!settled[x]) return;
    if (known.length < records) refuse(`${registerId} is settled and has records that are new`);
    if (cardinality === 'unique' && new Set(known).size < records) {
      refuse(`two records of ${registerId}, which is unique per person, were in one entity`);
    }
  });
}

/** What a round works on: all records, numbered through the extracts. */
export interface PreviousRecords {
  readonly sizes: Uint32Array;
  readonly entityOf: Uint32Array;
  readonly probability: Float64Array;
  /** 1 for the records of settled extracts. */
  readonly settled: Uint8Array;
}

/** @param first number of the first record of each extract. */
export function previousRecords(
  { sizes, entityOf, probability, settled }: PreviousEntities, first: readonly number[],
): PreviousRecords {
  const records = entityOf.reduce((sum, { length }) => sum + length, 0);
  const all: PreviousRecords = {
    sizes, entityOf: new Uint32Array(records), probability: new Float64Array(records),
    settled: new Uint8Array(records),
  };
  first.forEach((start, x) => {
    all.entityOf.set(entityOf[x], start);
    all.probability.set(probability[x], start);
    all.settled.fill(Number(settled[x]), start, start + entityOf[x].length);
  });
  return all;
}

/** Settled entities up to this size are taken up with a link for every two records … */
const MOST_RECORDS_LINKED = 100;

/**
 * Adds to the links of a round what the round before says about the entities that they touch, so that these
 * can be decided anew. An entity is touched when a link that reaches the threshold leads to a settled record
 * of it.
 *
 * Two settled records of a touched entity have a link with the lower of their probabilities, which are those
 * of the strongest links that they had there. Entities of more than 100 records have one from each record to
 * the next only.
 *
 * @param links of this round: each has a record of an extract that is not settled.
 */
export function linksWithPrevious(
  links: RecordLinks, previous: PreviousRecords, threshold: number,
): { readonly links: RecordLinks; readonly touched: Uint8Array } {
  const touched = new Uint8Array(previous.sizes.length);
  for (let e = 0; e < links.length; e++) {
    if (links.probabilities[e] < threshold) continue;
    for (const record of [links.recordsA[e], links.recordsB[e]]) {
      if (previous.settled[record]) touched[previous.entityOf[record]] = 1;
    }
  }
  const kept = pairsWithin(settledMembers(previous, touched).values());
  return {
    touched, links: {
      length: links.length + kept.length,
      recordsA: joined(links.recordsA, kept.map(({ a }) => a)),
      recordsB: joined(links.recordsB, kept.map(({ b }) => b)),
      probabilities: Float64Array.from(
        [...links.probabilities, ...kept.map((pair) => strength(previous, pair))]),
    },
  };
}

/** Settled records that were in one entity, with the lower of their probabilities; as `linksWithPrevious`. */
export function settledPairs(previous: PreviousRecords): RecordLinks {
  const all = new Uint8Array(previous.sizes.length).fill(1);
  const pairs = pairsWithin(settledMembers(previous, all).values());
  return {
    length: pairs.length,
    recordsA: Uint32Array.from(pairs, ({ a }) => a), recordsB: Uint32Array.from(pairs, ({ b }) => b),
    probabilities: Float64Array.from(pairs, (pair) => strength(previous, pair)),
  };
}

interface RecordPair {
  readonly a: number;
  readonly b: number;
}

/** Every two members of an entity; of large ones each and the next. */
function pairsWithin(entities: Iterable<readonly number[]>): RecordPair[] {
  const pairs: RecordPair[] = [];
  for (const members of entities) {
    const nearest = members.length > MOST_RECORDS_LINKED;
    members.forEach((a, k) => {
      for (const b of nearest ? members.slice(k + 1, k + 2) : members.slice(k + 1)) pairs.push({ a, b });
    });
  }
  return pairs;
}

function strength({ probability }: PreviousRecords, { a, b }: RecordPair): number {
  return Math.min(probability[a], probability[b]);
}

function joined(columns: Uint32Array, more: readonly number[]): Uint32Array {
  const all = new Uint32Array(columns.length + more.length);
  all.set(columns);
  all.set(more, columns.length);
  return all;
}

/** Settled records of the entities that are marked, ascending. */
function settledMembers(previous: PreviousRecords, marked: Uint8Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  previous.entityOf.forEach((entity, record) => {
    if (!previous.settled[record] || !marked[entity]) return;
    const own = members.get(entity);
    if (own) own.push(record);
    else members.set(entity, [record]);
  });
  return members;
}

/**
 * Puts the entities that nothing touched back as they were: their settled records stay together. Entities are
 * numbered in order of first appearance again.
 */
export function withUntouched(
  clusters: Entities, previous: PreviousRecords, touched: Uint8Array,
): Entities {
  const firstOf = new Map<number, number>();
  const joinedOf = Uint32Array.from(clusters.entityOf, (entity, record) => {
    const before = previous.entityOf[record];
    if (!previous.settled[record] || touched[before]) return entity;
    const first = firstOf.get(before);
    if (first === undefined) firstOf.set(before, entity);
    return first ?? entity;
  });
  const numberOf = new Map<number, number>();
  const entityOf = joinedOf.map((entity) => {
    const number = numberOf.get(entity) ?? numberOf.size;
    numberOf.set(entity, number);
    return number;
  });
  return { ...clusters, entityOf, entities: numberOf.size };
}
