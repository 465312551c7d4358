import { countedShareInterval, errorCountInterval } from './predictive-interval.js';

/** P(K <= k) of a geometric count with this mean, added up from the probabilities. */
function cumulative(mean: number, k: number): number {
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += (1 / (1 + mean)) * (mean / (1 + mean)) ** i;
  return sum;
}

describe('interval of a number of errors', () => {
  it.each([0, 0.3, 2, 17, 400])('holds 95 %% of a geometric count around %d and one more', (expected) => {
    const { lower, upper } = errorCountInterval(expected, 1);
    expect(cumulative(expected + 1, upper)).toBeGreaterThanOrEqual(0.975);
    expect(cumulative(expected + 1, upper - 1)).toBeLessThan(0.975);
    expect(cumulative(expected + 1, lower)).toBeGreaterThanOrEqual(0.025);
    if (lower > 0) expect(cumulative(expected + 1, lower - 1)).toBeLessThan(0.025);
  });

  it('allows five errors where the model expects none', () => {
    expect(errorCountInterval(0, 1)).toEqual({ lower: 0, upper: 5 });
  });

  it('counts errors that come together as one event', () => {
    expect(errorCountInterval(0, 6)).toEqual({ lower: 0, upper: 30 });
    expect(errorCountInterval(12, 6).upper).toBe(6 * errorCountInterval(2, 1).upper);
  });
});

describe('interval of a counted share', () => {
  it.each([[15, 20], [1, 7], [299, 300]])('ends where %d of %d are 1.96 standard errors away', (k, n) => {
    const { lower, upper } = countedShareInterval(k, n);
    for (const bound of [lower, upper]) {
      expect(Math.abs(k / n - bound) / Math.sqrt((bound * (1 - bound)) / n)).toBeCloseTo(1.959964, 6);
    }
    expect(lower).toBeLessThan(k / n);
    expect(upper).toBeGreaterThan(k / n);
  });

  it('reaches the ends where all or none succeeded, and says nothing without trials', () => {
    expect(countedShareInterval(0, 10).lower).toBe(0);
    expect(countedShareInterval(0, 10).upper).toBeCloseTo(0.2775328, 6);
    expect(countedShareInterval(10, 10).upper).toBe(1);
    expect(countedShareInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
  });
});
