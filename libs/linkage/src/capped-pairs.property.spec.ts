import fc from 'fast-check';
import { CappedPairs, firstOfEachRecord, type CappedSide } from './capped-pairs.js';

type Pair = readonly [i: number, j: number, vector: number];

const VECTORS = 5;
const places = fc.shuffledSubarray(Array.from({ length: VECTORS }, (_, v) => v), { minLength: VECTORS })
  .map((order) => Uint32Array.from(order));
/** Few records with many pairs, each pair with one vector. */
const pairs = fc.uniqueArray(fc.tuple(fc.nat(7), fc.nat(25), fc.nat(VECTORS - 1)), {
  selector: ([i, j]) => `${i}-${j}`, maxLength: 150,
});
const within = pairs.map((all) => all.filter(([i, j]) => i < j));
const most = fc.integer({ min: 1, max: 12 });

const columns = (all: readonly Pair[]): Uint32Array => Uint32Array.from(all.flat());
const triples = (rows: Uint32Array): Pair[] => Array.from({ length: rows.length / 3 }, (_, k) =>
  [rows[3 * k], rows[3 * k + 1], rows[3 * k + 2]]);

/** The definition: a pair stays if fewer than `room` pairs of the record come before it. */
function hasRoom(
  all: readonly Pair[], pair: Pair, record: number, room: number, order: Uint32Array, side: CappedSide,
): boolean {
  const isOf = ([i, j]: Pair): boolean => (side !== 'b' && i === record) || (side !== 'a' && j === record);
  const other = ([i, j]: Pair): number => (side === 'a' || (side === 'either' && i === record) ? j : i);
  const before = all.filter((one) => isOf(one) && (order[one[2]] < order[pair[2]]
    || (order[one[2]] === order[pair[2]] && other(one) < other(pair))));
  return before.length < room;
}

function keptByDefinition(
  all: readonly Pair[], side: CappedSide, room: number, order: Uint32Array,
): Pair[] {
  return all.filter((pair) => (side === 'b' || hasRoom(all, pair, pair[0], room, order, side))
    && (side === 'a' || hasRoom(all, pair, pair[1], room, order, side)));
}

const countsOf = (all: readonly Pair[]): number[] => Array.from({ length: VECTORS }, (_, v) =>
  all.filter(([, , vector]) => vector === v).length);

it.each<CappedSide>(['a', 'b', 'either'])('keeps the first pairs of each record, side %s', (side) => {
  fc.assert(fc.property(side === 'either' ? within : pairs, places, most, (all, order, room) => {
    const cut = new Float64Array(VECTORS);
    const kept = triples(firstOfEachRecord(columns(all), side, { most: room, places: order }, cut));
    expect(kept).toEqual(keptByDefinition(all, side, room, order));
    expect(Array.from(cut)).toEqual(countsOf(all).map((count, v) => count - countsOf(kept)[v]));
    const ofRecord = new Map<string, number>();
    for (const [i, j] of kept) {
      const named = side === 'either' ? [i, j] : [side === 'a' ? i : j];
      for (const record of named) ofRecord.set(`${record}`, (ofRecord.get(`${record}`) ?? 0) + 1);
    }
    expect(Math.max(0, ...ofRecord.values())).toBeLessThanOrEqual(room);
  }));
});

it('gives back what has room for all of its pairs as it is', () => {
  const rows = Uint32Array.of(0, 1, 2, 0, 2, 1, 3, 1, 0);
  const cut = new Float64Array(VECTORS);
  expect(firstOfEachRecord(rows, 'a', { most: 2, places: Uint32Array.of(0, 1, 2, 3, 4) }, cut)).toBe(rows);
  expect(Array.from(cut)).toEqual([0, 0, 0, 0, 0]);
});

describe('pairs that are collected', () => {
  it('are those of all at once, however they come and whenever others are thrown out', () => {
    const batch = fc.integer({ min: 1, max: 40 });
    fc.assert(fc.property(pairs, places, most, batch, batch, (all, order, room, size, between) => {
      const collected = new CappedPairs({ most: room, places: order }, true, between);
      for (let k = 0; k < all.length; k += size) collected.add(columns(all.slice(k, k + size)));
      const kept = triples(collected.rows());
      expect(kept).toEqual(keptByDefinition(all, 'a', room, order));
      expect(Array.from(collected.cut)).toEqual(countsOf(all).map((count, v) => count - countsOf(kept)[v]));
    }));
  });

  it('may come again, and from others that have thrown some out: which are kept does not change', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const scene = fc.record({ all: pairs, order: places, room: most, between: size });
    fc.assert(fc.property(scene, ({ all, order, room, between }) => {
      const again = all.flatMap((pair) => (pair[1] % 3 === 0 ? [pair, pair] : [pair]))
        .sort((x, y) => x[2] - y[2] || y[1] - x[1]);
      const collected = new CappedPairs({ most: room, places: order }, false, between);
      for (const part of [again.filter(([, j]) => j % 2 === 0), again.filter(([, j]) => j % 2 === 1), all]) {
        const ofTask = new CappedPairs({ most: room, places: order }, false, between);
        ofTask.add(columns(part));
        collected.add(ofTask.rows().slice());
      }
      const sorted = (some: readonly Pair[]): Pair[] => [...some].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
      expect(sorted(triples(collected.rows()))).toEqual(sorted(keptByDefinition(all, 'a', room, order)));
    }));
  });
});
