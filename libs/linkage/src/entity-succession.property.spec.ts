import fc from 'fast-check';
import { succeedEntities } from './entity-succession.js';
import { NEW_RECORD } from './previous-entities.js';

/** Numbered in order of first appearance. */
function numbered(groups: readonly number[]): Uint32Array {
  const numbers = new Map<number, number>();
  return Uint32Array.from(groups, (group) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

const ENTITIES_BEFORE = 6;
const rounds = fc.array(fc.record({
  before: fc.option(fc.nat(ENTITIES_BEFORE - 1), { nil: NEW_RECORD }), now: fc.nat(7),
}), { maxLength: 20 }).map((records) => ({
  before: Uint32Array.from(records, ({ before }) => before), now: numbered(records.map(({ now }) => now)),
}));

const numberOf = (now: Uint32Array): number => new Set(now).size;
const heldBy = (before: Uint32Array, now: Uint32Array, was: number, is: number): number =>
  now.filter((entity, record) => entity === is && before[record] === was).length;

/** By definition, looking at every two entities: who holds most of each, then which of these each keeps. */
function continuesByDefinition(before: Uint32Array, now: Uint32Array): number[] {
  const entities = numberOf(now);
  const all = (length: number): number[] => Array.from({ length }, (_, n) => n);
  const claims = all(ENTITIES_BEFORE).flatMap((was) => {
    const parts = all(entities).map((is) => heldBy(before, now, was, is));
    const most = Math.max(0, ...parts);
    return most === 0 ? [] : [{ was, is: parts.indexOf(most), most }];
  });
  return all(entities).map((entity) => {
    const own = claims.filter(({ is }) => is === entity);
    const most = Math.max(...own.map((claim) => claim.most));
    return own.find((claim) => claim.most === most)?.was ?? NEW_RECORD;
  });
}

function kindByDefinition(before: Uint32Array, now: Uint32Array, entity: number): string {
  const records = Array.from(now.keys()).filter((record) => now[record] === entity);
  const origins = new Set(records.map((record) => before[record]).filter((was) => was !== NEW_RECORD));
  if (origins.size === 0) return 'fresh';
  if (origins.size > 1) return 'merged';
  const [was] = origins;
  if (before.some((other, record) => other === was && now[record] !== entity)) return 'split';
  return records.some((record) => before[record] === NEW_RECORD) ? 'extended' : 'unchanged';
}

describe('what becomes of entities', () => {
  it('is as the definition says: ids with the largest part, once, and each entity of one kind', () => {
    fc.assert(fc.property(rounds, ({ before, now }) => {
      const entities = numberOf(now);
      const { continues, gone, ...kinds } = succeedEntities(before, ENTITIES_BEFORE, now, entities);
      expect(Array.from(continues)).toEqual(continuesByDefinition(before, now));
      const kept = Array.from(continues).filter((was) => was !== NEW_RECORD);
      expect(new Set(kept).size).toBe(kept.length);
      const expected = { unchanged: 0, extended: 0, split: 0, merged: 0, fresh: 0 } as Record<string, number>;
      for (let entity = 0; entity < entities; entity++) expected[kindByDefinition(before, now, entity)]++;
      expect(kinds).toEqual(expected);
      expect(gone).toBe(ENTITIES_BEFORE - new Set(before.filter((was) => was !== NEW_RECORD)).size);
    }));
  });

  it('leaves everything as it was where nothing changes', () => {
    const now = Uint32Array.of(0, 1, 1, 2, 0);
    expect(succeedEntities(Uint32Array.of(2, 0, 0, 1, 2), 3, now, 3)).toEqual({
      continues: Uint32Array.of(2, 0, 1), unchanged: 3, extended: 0, split: 0, merged: 0, fresh: 0, gone: 0,
    });
  });
});
