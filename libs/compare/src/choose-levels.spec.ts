import fc from 'fast-check';
import { chance, extractOf, randomFilter } from '../../../test/support/encoded-extracts.js';
import { chooseCuts, cutsFromSimilarities } from './choose-levels.js';
import { comparisonScheme, MAX_SEGMENTS, MAX_VECTORS } from './comparison-scheme.js';

/** Normal similarities by the sum of twelve uniform numbers. */
function similarities(middle: number, deviation: number, seed: number): number[] {
  const random = chance(seed);
  return Array.from({ length: 40000 }, () => {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += random();
    return middle + deviation * sum;
  });
}

const shareAbove = (values: readonly number[], cut: number): number =>
  values.filter((value) => value >= cut).length / values.length;

describe('cut points', () => {
  it.each([['narrow', 0.5, 0.01], ['broad', 0.3, 0.09]])(
    'of %s chance similarity begin where chance ends and go to 1', (_, middle, deviation) => {
      const chanceValues = similarities(middle, deviation, 1);
      const cuts = cutsFromSimilarities(chanceValues, 7);
      expect(cuts).toHaveLength(4 + 7);
      expect(shareAbove(chanceValues, cuts[0])).toBeGreaterThan(0.09);
      expect(shareAbove(chanceValues, cuts[0])).toBeLessThan(0.11);
      expect(shareAbove(chanceValues, cuts[1])).toBeGreaterThan(0.007);
      expect(shareAbove(chanceValues, cuts[1])).toBeLessThan(0.013);
      expect(shareAbove(chanceValues, cuts[2])).toBeLessThan(0.002);
      expect(shareAbove(chanceValues, cuts[3])).toBeLessThan(0.0005);
      const steps = cuts.slice(3).map((cut, l, upper) => cut - (upper[l - 1] ?? middle));
      for (const step of steps.slice(1)) expect(step).toBeCloseTo((1 - cuts[3]) / 7, 3);
    });

  it('do not move for a value that one pair in ten shares', () => {
    const values = similarities(0.4, 0.02, 2);
    const shared = values.map((value, k) => (k % 10 === 0 ? 1 : value));
    const [usual, moved] = [values, shared].map((given) => cutsFromSimilarities(given, 5));
    for (const [l, cut] of usual.entries()) expect(Math.abs(cut - moved[l])).toBeLessThan(0.02);
  });

  it('are equality alone where nothing was compared, or all was equal', () => {
    expect(cutsFromSimilarities([], 7)).toEqual([1]);
    expect(cutsFromSimilarities([1, 1, 1], 7)).toEqual([1]);
  });

  it('make a scheme whatever the similarities are', () => {
    const anyValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 });
    fc.assert(fc.property(anyValues, fc.integer({ min: 1, max: 30 }), (values, steps) => {
      const cuts = cutsFromSimilarities(values, steps);
      expect(cuts.at(-1)).toBe(1);
      expect(comparisonScheme([{ name: 'segment', bits: 8, cuts }]).vectors).toBe(cuts.length + 2);
    }));
  });
});

describe('cut points of extracts', () => {
  const random = chance(3);
  const rows = (records: number, bits: number): Uint8Array[] =>
    Array.from({ length: records }, () => randomFilter(bits, 0.5, random));
  const pairs = Uint32Array.from({ length: 2000 }, (_, k) => (k * 7919) % 50);

  it.each([1, 2, 3, 5, 8, MAX_SEGMENTS])('of %d segments stay within the vectors that fit, and keep equality', (segments) => {
    const extract = extractOf('a', 'unique', Object.fromEntries(
      Array.from({ length: segments }, (_, s) => [`segment-${s}`, rows(50, 64)])));
    const chosen = chooseCuts([{ a: extract, b: extract, pairs }], 30);
    expect(comparisonScheme(chosen).vectors).toBeLessThanOrEqual(MAX_VECTORS);
    for (const { cuts } of chosen) expect(cuts.at(-1)).toBe(1);
  });

  it('leave out the pairs in which the segment is missing', () => {
    const empty = Array.from({ length: 50 }, () => new Uint8Array(8));
    const some = rows(50, 64);
    const a = extractOf('a', 'unique', { held: some, missing: empty, oneSided: empty });
    const b = extractOf('b', 'unique', { held: rows(50, 64), missing: empty, oneSided: some });
    const [held, missing, oneSided] = chooseCuts([{ a, b, pairs }], 7);
    expect(held.cuts.length).toBeGreaterThan(5);
    expect([missing.cuts, oneSided.cuts]).toEqual([[1], [1]]);
  });
});
