import fc from 'fast-check';
import { comparisonScheme, levelsOfVector, MAX_VECTORS, missingLevel, vectorOfLevels } from './comparison-scheme.js';

const segment = (cuts: number[]) => ({ name: 'segment', bits: 64, cuts });

describe('comparison scheme', () => {
  it('numbers the vectors without a gap: levels and vector say the same', () => {
    fc.assert(fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }), (cutCounts) => {
      const scheme = comparisonScheme(cutCounts.map((count) =>
        segment(Array.from({ length: count }, (_, l) => (l + 1) / count))));
      expect(scheme.vectors).toBe(cutCounts.reduce((product, count) => product * (count + 2), 1));
      for (let vector = 0; vector < scheme.vectors; vector++) {
        const levels = levelsOfVector(scheme, vector);
        expect(vectorOfLevels(scheme, levels)).toBe(vector);
        expect(levels.every((level, s) => level <= missingLevel(scheme.segments[s]))).toBe(true);
      }
    }), { numRuns: 30 });
  });

  it.each([[[0.5, 0.5]], [[0.6, 0.5]], [[0]], [[-0.1, 0.5]], [[0.5, 1.01]], [[Number.NaN]]])(
    'refuses the cut points %j', (cuts) => {
      expect(() => comparisonScheme([segment(cuts)])).toThrow('must ascend within (0, 1]');
    });

  it('takes as many vectors as the cache holds, and not one segment more', () => {
    const four = Array.from({ length: 4 }, () => segment(Array.from({ length: 14 }, (_, l) => (l + 1) / 14)));
    expect(comparisonScheme(four).vectors).toBe(MAX_VECTORS);
    expect(() => comparisonScheme([...four, segment([])])).toThrow(`at most ${MAX_VECTORS} vectors, got 131072`);
  });
});
