import { randomPairs, seededRandom } from './seeded-random.js';

describe('seeded random numbers', () => {
  it('are the same for the same seed, and spread evenly over [0, 1)', () => {
    const [one, same, other] = [5, 5, 6].map((seed) => seededRandom(seed));
    const values = Array.from({ length: 20000 }, one);
    expect(values.slice(0, 5)).toEqual(Array.from({ length: 5 }, same));
    expect(values[0]).not.toBe(other());
    const tenths = new Array<number>(10).fill(0);
    for (const value of values) tenths[Math.floor(10 * value)]++;
    // Chi-squared with nine degrees of freedom: above 33.7 once in 10,000 seeds.
    expect(tenths.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(33.7);
  });
});

describe('random pairs', () => {
  it('across two extracts reach every pair', () => {
    const pairs = randomPairs(3, 4, 1000, 1);
    const seen = new Set(Array.from({ length: 1000 }, (_, p) => `${pairs[2 * p]}-${pairs[2 * p + 1]}`));
    expect(seen.size).toBe(12);
    expect(pairs).toEqual(randomPairs(3, 4, 1000, 1));
  });

  it('within one extract have the smaller row first, no row with itself, and are equally frequent', () => {
    const pairs = randomPairs(4, 4, 6000, 2, true);
    const seen = new Map<string, number>();
    for (let p = 0; p < 6000; p++) {
      expect(pairs[2 * p]).toBeLessThan(pairs[2 * p + 1]);
      const pair = `${pairs[2 * p]}-${pairs[2 * p + 1]}`;
      seen.set(pair, (seen.get(pair) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    const error = Math.sqrt((6000 * 5) / 36);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * error);
  });
});
