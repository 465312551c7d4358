import { fitMatches } from './match-distribution.js';
import { tellingVectors } from './telling-vectors.js';

const LEVELS = 21;
const space = { levels: [LEVELS + 1], vectors: LEVELS + 1 };

function normalised(value: (level: number) => number): Float64Array {
  const shares = Float64Array.from({ length: LEVELS + 1 }, (_, level) => (level < LEVELS ? value(level) : 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

describe('tellingVectors', () => {
  it('are the levels that chance hardly reaches', () => {
    const chance = Float64Array.of(0.9, 0.09, 0.009, 0.001, 0);
    const five = { levels: [5], vectors: 5 };
    expect(Array.from(tellingVectors(five, chance, 1000, 10))).toEqual([0, 0, 1, 1, 1]);
    expect(Array.from(tellingVectors(five, chance, 1000, 9.9))).toEqual([0, 0, 0, 1, 1]);
  });

  it('always hold the highest level', () => {
    expect(Array.from(tellingVectors({ levels: [3], vectors: 3 }, Float64Array.of(0, 1, 0), 1000, 10)))
      .toEqual([0, 1, 1]);
  });

  it('are all where there are more segments', () => {
    const all = tellingVectors({ levels: [3, 3], vectors: 9 }, new Float64Array(9).fill(1 / 9), 1000, 1);
    expect(Array.from(all)).toEqual(new Array(9).fill(1));
  });

  it('leave the number of matches alone when chance differs from u where it is common', () => {
    const chance = normalised((level) => Math.exp(-1.5 * level));
    const match = normalised((level) => Math.exp(-((level - 18) ** 2) / 8));
    const pairs = 1e8;
    const matches = 5000;
    // More pairs than there are matches: chance is not quite u, as between two registers.
    const counts = chance.map((share, level) =>
      pairs * share * (level === 6 ? 1.2 : 1) + matches * match[level]);
    const evidence = {
      counts, reliable: new Uint8Array(LEVELS + 1).fill(1), nonMatch: chance, fitNonMatch: [false],
      mostMatches: 10000,
    };
    const fitted = (telling?: Uint8Array): number => {
      const steps = fitMatches(space, telling ? { ...evidence, telling } : evidence);
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value.matches;
      }
    };
    expect(fitted()).toBeGreaterThan(1.3 * matches);
    expect(Math.abs(fitted(tellingVectors(space, chance, pairs, 1000)) - matches)).toBeLessThan(100);
  });
});
