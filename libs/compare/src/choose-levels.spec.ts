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
  it.each([['narrow', 0.5, 0.01], ['broad', 0.3, 0.05]])(
    'of %s chance similarity grow from half a deviation above its middle to 1', (_, middle, deviation) => {
      const cuts = cutsFromSimilarities(similarities(middle, deviation, 1), 24);
      expect(cuts).toHaveLength(24);
      expect((cuts[0] - middle) / deviation).toBeCloseTo(0.5, 1);
      expect((cuts[1] - cuts[0]) / deviation).toBeLessThan(0.7);
      const steps = cuts.slice(1).map((cut, l) => cut - cuts[l]);
      const growths = steps.slice(1).map((step, l) => step / steps[l]);
      for (const growth of growths) {
        expect(growth).toBeGreaterThan(0.9);
        expect(growth).toBeLessThan(1.3);
      }
      expect(steps.at(-1) ?? 0).toBeGreaterThan(steps[0]);
    });

  it('are in equal steps where half a deviation each would reach further than 1', () => {
    const cuts = cutsFromSimilarities(similarities(0.4, 0.1, 4), 20);
    for (const [l, cut] of cuts.entries()) expect(cut - (cuts[l - 1] ?? 0.4)).toBeCloseTo(0.6 / 20, 2);
  });

  it('begin where chance ends when there are few of them', () => {
    const values = similarities(0.5, 0.01, 5);
    expect(shareAbove(values, cutsFromSimilarities(values, 2)[0])).toBeLessThan(0.01);
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
