import { NEW_RECORD } from './previous-entities.js';

/**
 * What became of the entities of the round before. Every entity of this round is one of the first five:
 * `unchanged + extended + split + merged + fresh` is their number.
 */
export interface EntitySuccession {
  /**
   * For each entity of this round: the entity of the round before whose id it goes on with, or `NEW_RECORD`
   * for one that needs an id of its own.
   */
  readonly continues: Uint32Array;
  /** Entities of the same records as before; records that are gone do not count. */
  readonly unchanged: number;
  /** All records of one entity, and new ones. */
  readonly extended: number;
  /** Some records of one entity, whose others are elsewhere; maybe with new ones. */
  readonly split: number;
  /** Records of two or more entities; maybe with new ones. */
  readonly merged: number;
  /** New records only. */
  readonly fresh: number;
  /** Entities of the round before of which no record is left. */
  readonly gone: number;
}

interface Share { readonly before: number; readonly now: number; readonly records: number }

/**
 * Hands the ids of the round before on: an entity's id stays with the part that holds most of its records;
 * of equal parts with the one whose first record comes first. Where an entity would get several, it keeps the
 * one of which it holds most records; of equal ones the lower.
 *
 * @param before entity of each record in the round before, or `NEW_RECORD`.
 * @param now entity of each record, 0-based in order of first appearance.
 */
export function succeedEntities(
  before: Uint32Array, entitiesBefore: number, now: Uint32Array, entities: number,
): EntitySuccession {
  const shares = sharesOf(before, now);
  const recordsBefore = new Uint32Array(entitiesBefore);
  const recordsNow = new Uint32Array(entities);
  const origins = new Uint32Array(entities);
  for (const record of now.keys()) {
    recordsNow[now[record]]++;
    if (before[record] !== NEW_RECORD) recordsBefore[before[record]]++;
  }
  for (const share of shares) origins[share.now]++;
  const fresh = origins.filter((count) => count === 0).length;
  const counts = { unchanged: 0, extended: 0, split: 0, merged: 0, fresh };
  const counted = new Uint8Array(entities);
  for (const share of shares) {
    if (counted[share.now]) continue;
    counted[share.now] = 1;
    if (origins[share.now] > 1) counts.merged++;
    else if (share.records < recordsBefore[share.before]) counts.split++;
    else if (share.records < recordsNow[share.now]) counts.extended++;
    else counts.unchanged++;
  }
  return {
    continues: heirs(shares, entitiesBefore, entities), ...counts,
    gone: recordsBefore.filter((records) => records === 0).length,
  };
}

/** How many records each entity of this round has of each of the round before; by first record. */
function sharesOf(before: Uint32Array, now: Uint32Array): Share[] {
  const shares = new Map<string, { before: number; now: number; records: number }>();
  now.forEach((entity, record) => {
    if (before[record] === NEW_RECORD) return;
    const key = `${before[record]} ${entity}`;
    const share = shares.get(key);
    if (share) share.records++;
    else shares.set(key, { before: before[record], now: entity, records: 1 });
  });
  return [...shares.values()];
}

function heirs(shares: readonly Share[], entitiesBefore: number, entities: number): Uint32Array {
  const largestPart = new Array<Share | undefined>(entitiesBefore);
  for (const share of shares) {
    const best = largestPart[share.before];
    // Numbered by first appearance: of equal parts the lower number holds the first record.
    if (!best || share.records > best.records || (share.records === best.records && share.now < best.now)) {
      largestPart[share.before] = share;
    }
  }
  const continues = new Uint32Array(entities).fill(NEW_RECORD);
  const held = new Uint32Array(entities);
  largestPart.forEach((share) => {
    if (!share || share.records <= held[share.now]) return;
    held[share.now] = share.records;
    continues[share.now] = share.before;
  });
  return continues;
}
