import { comparisonScheme } from '#libs/compare';
import { matchWeights } from './blocking-evidence.js';
import { byRarity } from './rare-vectors.js';

/** One segment of ten levels; level 10 is a missing one. */
const scheme = comparisonScheme([{
  name: 'clk', bits: 1024, cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
}]);
const MATCHES = [0, 0, 0, 0, 0, 10, 30, 40, 60, 100, 0];
const CHANCE = [1e6, 5e5, 1e5, 1e4, 1000, 200, 40, 4, 0, 0, 0];
/** A register that holds everyone once, ten times as large as the joined sample. */
const KNOWN = Float64Array.from(CHANCE, (count) => 10 * count);
const FOLLOWED = 4;
const joined = Float64Array.from(CHANCE, (count, level) => count + MATCHES[level]);

const kept = Uint32Array.from(Array.from(joined).flatMap((count, level) =>
  Array.from({ length: level < FOLLOWED ? 0 : count }, (_, k) => [k, k, level]).flat()));

function weightsByLevel(known: Float64Array | null): number[] {
  const sums = new Array<number>(joined.length).fill(0);
  const weights = matchWeights(kept, byRarity(scheme, known ?? joined), joined, known);
  weights.forEach((weight, pair) => { sums[kept[3 * pair + 2]] += weight; });
  return sums;
}

describe('how likely the pairs that planning rests on are matches', () => {
  it('is by what chance gives of each level, and the level that matches fill is the surest', () => {
    const weights = weightsByLevel(KNOWN);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(weights[9]).toBeCloseTo(100, 0);
    expect(sum(weights.slice(8))).toBeCloseTo(160, 0);
    // Nearly as many matches as there are, and hardly any that are none.
    expect(sum(weights)).toBeGreaterThan(0.95 * sum(MATCHES));
    expect(sum(weights)).toBeLessThan(1.05 * sum(MATCHES));
  });

  it('ends where matches are lost among strangers', () => {
    expect(weightsByLevel(KNOWN)[FOLLOWED]).toBe(0);
  });

  it('is the same for all where nobody is known to be a stranger', () => {
    const all = Array.from(joined, (count, level) => (level < FOLLOWED ? 0 : count));
    expect(weightsByLevel(null)).toEqual(all);
  });
});
