import fc from 'fast-check';
import { PairSet } from './pair-set.js';

const pair = fc.tuple(fc.nat(60), fc.nat(60), fc.nat(9));

it('holds each pair once, with its first vector, in the order of arrival', () => {
  fc.assert(fc.property(fc.array(fc.array(pair, { maxLength: 400 }), { maxLength: 8 }), (batches) => {
    const set = new PairSet(1);
    const expected = new Map<string, number[]>();
    for (const batch of batches) {
      set.add(Uint32Array.from(batch.flat()));
      for (const [i, j, vector] of batch) {
        if (!expected.has(`${i}-${j}`)) expected.set(`${i}-${j}`, [i, j, vector]);
      }
    }
    expect(Array.from(set.rows())).toEqual([...expected.values()].flat());
    expect(set.size).toBe(expected.size);
    for (let i = 0; i <= 60; i += 3) {
      for (let j = 0; j <= 60; j += 7) expect(set.has(i, j)).toBe(expected.has(`${i}-${j}`));
    }
  }));
});

it('grows, and keeps large row numbers apart', () => {
  const set = new PairSet();
  const rows = Uint32Array.from({ length: 30000 }, (_, k) =>
    (k % 3 === 2 ? k : 4294967295 - Math.floor(k / 3)));
  set.add(rows);
  set.add(rows);
  expect(set.rows()).toEqual(rows);
  expect(set.has(4294967295, 4294967295)).toBe(true);
  expect(set.has(1, 1)).toBe(false);
});
