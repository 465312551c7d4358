import fc from 'fast-check';
import { risingRatios } from './rising-ratios.js';

const numbers = (length: number, min: number, max: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min, max, noNaN: true }), { minLength: length, maxLength: length });
const levels = fc.integer({ min: 2, max: 9 }).chain((length) => fc.record({
  counts: numbers(length, 0, 1000), chance: numbers(length, 1e-6, 1),
})).map(({ counts, chance }) => ({
  // Millionths: the quotients of the smallest numbers that there are would be zero.
  counts: Float64Array.from(counts, (count) => Math.round(1e6 * count) / 1e6),
  chance: Float64Array.from(chance),
}));

/** All but the equal and the missing level. */
const observed = (all: Float64Array): number[] => Array.from(all.subarray(0, all.length - 2));
const sum = (all: readonly number[]): number => all.reduce((total, count) => total + count, 0);

describe('rising ratios', () => {
  it('never fall, keep the sum, the equal and the missing level, and change nothing that already rises', () => {
    fc.assert(fc.property(levels, ({ counts, chance }) => {
      const fitted = risingRatios(counts, chance);
      const ratios = observed(fitted).map((count, l) => count / chance[l]);
      for (const [l, ratio] of ratios.slice(1).entries()) {
        expect(ratio).toBeGreaterThanOrEqual(ratios[l] * (1 - 1e-9));
      }
      expect(sum(observed(fitted))).toBeCloseTo(sum(observed(counts)), 6);
      expect(fitted.slice(-2)).toEqual(counts.slice(-2));
      risingRatios(fitted, chance).forEach((count, l) => expect(count).toBeCloseTo(fitted[l], 6));
    }));
  });

  it('are at least as likely as any other rising ones', () => {
    fc.assert(fc.property(levels, numbers(8, 0.01, 3), ({ counts, chance }, steps) => {
      const shares = (all: readonly number[]): number[] => all.map((count) => count / sum(all));
      const logLikelihood = (of: readonly number[]): number =>
        observed(counts).reduce((total, count, l) =>
          (count > 0 ? total + count * Math.log(of[l]) : total), 0);
      if (sum(observed(counts)) === 0) return;
      let ratio = 0;
      const other = observed(chance).map((u, l) => u * (ratio += steps[l]));
      const best = logLikelihood(shares(observed(risingRatios(counts, chance))));
      expect(best).toBeGreaterThanOrEqual(logLikelihood(shares(other)) - 1e-6 * Math.abs(best) - 1e-9);
    }));
  });
});
