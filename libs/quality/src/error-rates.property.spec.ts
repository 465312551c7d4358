import fc from 'fast-check';
import { errorRates, type LinkedPairs } from './error-rates.js';

const linkedPairs: fc.Arbitrary<LinkedPairs> = fc.record({
  pairs: fc.nat(100000), share: fc.double({ min: 0, max: 1, noNaN: true }),
  missed: fc.double({ min: 0, max: 1e5, noNaN: true }),
  pairsOfEntity: fc.double({ min: 1, max: 40, noNaN: true }),
  pairsOfRecord: fc.double({ min: 1, max: 40, noNaN: true }),
}).map(({ share, ...rest }) => ({ ...rest, matches: rest.pairs * share }));

describe('error rates', () => {
  it('lie within their intervals, and these within 0 and 1', () => {
    fc.assert(fc.property(linkedPairs, (given) => {
      const { precision, recall, precisionInterval, recallInterval } = errorRates(given);
      const rates = [[precision, precisionInterval], [recall, recallInterval]] as const;
      for (const [value, { lower, upper }] of rates) {
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(value);
        expect(upper).toBeGreaterThanOrEqual(value);
        expect(upper).toBeLessThanOrEqual(1);
      }
    }), { numRuns: 500 });
  });

  it('are further apart the more pairs stand and fall together', () => {
    const given = { pairs: 1000, matches: 990, missed: 20, pairsOfEntity: 1, pairsOfRecord: 1 };
    const alone = errorRates(given);
    const together = errorRates({ ...given, pairsOfEntity: 8, pairsOfRecord: 4 });
    expect(alone).toMatchObject({ precision: 0.99, recall: 990 / 1010 });
    expect(together.precisionInterval.lower).toBeLessThan(alone.precisionInterval.lower);
    expect(together.recallInterval.lower).toBeLessThan(alone.recallInterval.lower);
  });

  it('say nothing where there is nothing', () => {
    expect(errorRates({ pairs: 0, matches: 0, missed: 0, pairsOfEntity: 1, pairsOfRecord: 1 })).toEqual({
      precision: 1, recall: 1,
      precisionInterval: { lower: 0, upper: 1 }, recallInterval: { lower: 0, upper: 1 },
    });
  });
});
