import { chance } from '../../../test/support/encoded-extracts.js';
import { addDraws, everyVector, independent, type LevelShares } from '../../../test/support/simulated-vectors.js';
import { nonMatchDistribution as withAssumptions } from './non-match-distribution.js';
import type { VectorSpace } from './vector-space.js';

const SPACE: VectorSpace = { levels: [4, 4], vectors: 16 };
const VECTORS = everyVector(SPACE.levels);
const STRANGERS: LevelShares = [[0.96, 0.03, 0.01], [0.9, 0.08, 0.02]];
const nonMatchDistribution = (...given: Parameters<typeof withAssumptions>): Float64Array =>
  withAssumptions(...given).probabilities;
/** Relatives: one pair in a hundred, near in both segments at once. */
const RELATIVES: LevelShares = [[0.1, 0.2, 0.7], [0.2, 0.2, 0.6]];
const TRUE_U = mixed(independent(STRANGERS, 0), independent(RELATIVES, 0));

function mixed(usual: Float64Array, related: Float64Array): Float64Array {
  return usual.map((share, v) => 0.99 * share + 0.01 * related[v]);
}

function draws(distribution: Float64Array, length: number, seed: number): Float64Array {
  const counts = new Float64Array(SPACE.vectors);
  addDraws(counts, distribution, length, chance(seed));
  return counts;
}

/** u of the vectors with both segments observed against what it should be, in standard errors of the draw. */
function expectNear(u: Float64Array, truth: Float64Array, pairs: number): void {
  VECTORS.forEach(([name, birth], v) => {
    if (name === 3 || birth === 3) return;
    const error = Math.sqrt((truth[v] * (1 - truth[v])) / pairs);
    expect(Math.abs(u[v] - truth[v])).toBeLessThan(4.5 * error);
  });
}

describe('u from known non-matches', () => {
  it('keeps the dependence between segments', () => {
    const u = nonMatchDistribution(SPACE, draws(TRUE_U, 300000, 1), draws(TRUE_U, 600000, 2), 100);
    expectNear(u, TRUE_U, 300000);
    const both = VECTORS.findIndex(([name, birth]) => name === 2 && birth === 2);
    const marginal = (s: number): number => VECTORS.reduce((sum, vector, v) =>
      sum + (vector[s] === 2 && vector[1 - s] !== 3 ? u[v] : 0), 0);
    expect(u[both] / (marginal(0) * marginal(1))).toBeGreaterThan(8);
  });

  it('knows rare levels of segments that share a field to be rare together', () => {
    const levels = 20;
    const space: VectorSpace = { levels: [levels + 1, levels + 1], vectors: (levels + 1) ** 2 };
    const rare = Array.from({ length: levels }, (_, l) => (l === 0 ? 0 : 2e-5 / levels));
    rare[0] = 1 - 2e-5;
    // Twelve pairs are rare in both; independent segments would have a thousandth of one.
    const apart = independent([rare, rare], 0);
    const only = (level: number): number[] => rare.map((_, l) => Number(l === level));
    const together = independent([only(15), only(14)], 0);
    const truth = Float64Array.from({ length: space.vectors }, () => 0);
    const random = chance(11);
    addDraws(truth, apart, 1e6, random);
    addDraws(truth, together, 12, random);
    const u = nonMatchDistribution(space, truth, truth, 10);
    const pairs = 1e6 + 12;
    const expected = u.reduce((sum, share, v) =>
      (v % (levels + 1) > 10 && v % (levels + 1) < levels && v > 11 * (levels + 1)
        && v < levels * (levels + 1) ? sum + share * pairs : sum), 0);
    expect(expected).toBeGreaterThan(1.5);
    expect(expected).toBeLessThan(36);
  });

  it('sums to 1 over the vectors that observe the same segments, also with missing ones', () => {
    const missing = mixed(independent(STRANGERS, 0.3), independent(RELATIVES, 0.3));
    const u = nonMatchDistribution(SPACE, draws(missing, 100000, 3), draws(missing, 100000, 4), 100);
    const sums = [0, 0, 0, 0];
    VECTORS.forEach(([name, birth], v) => { sums[Number(name === 3) + 2 * Number(birth === 3)] += u[v]; });
    for (const sum of sums) expect(sum).toBeCloseTo(1, 9);
    const nameOnly = VECTORS.findIndex(([name, birth]) => name === 2 && birth === 3);
    expect(u[nameOnly]).toBeCloseTo(0.99 * 0.01 + 0.01 * 0.7, 2);
  });

  it('takes the marginals of the registers at hand where they are surely of non-matches', () => {
    const here: LevelShares = [[0.92, 0.07, 0.01], STRANGERS[1]];
    const known = draws(independent(STRANGERS, 0), 400000, 5);
    const u = nonMatchDistribution(SPACE, known, draws(independent(here, 0), 400000, 6), 50);
    const share = (level: number): number => VECTORS.reduce((sum, [name, birth], v) =>
      sum + (name === level && birth !== 3 ? u[v] : 0), 0);
    expect([0, 1].map((level) => Number(share(level).toFixed(2)))).toEqual([0.92, 0.07]);
  });

  it('does not take matches for non-matches: the top level keeps the known share', () => {
    const crossed = draws(TRUE_U, 300000, 7);
    const top = VECTORS.findIndex(([name, birth]) => name === 2 && birth === 2);
    crossed[top] += 20000;
    const u = nonMatchDistribution(SPACE, draws(TRUE_U, 300000, 8), crossed, 20000);
    expect(u[top] / TRUE_U[top]).toBeGreaterThan(0.5);
    expect(u[top] / TRUE_U[top]).toBeLessThan(1.5);
  });
});

describe('segments that no known non-match shows', () => {
  it('are named, and independent of the others', () => {
    const known = draws(independent(STRANGERS, 0), 5000, 11);
    VECTORS.forEach(([, birth], v) => { if (birth !== 3) known[v] = 0; });
    VECTORS.forEach(([name, birth], v) => { if (name !== 3 && birth === 3) known[v] = 2000; });
    const crossed = draws(TRUE_U, 300000, 12);
    const { assumed, probabilities } = withAssumptions(SPACE, known, crossed, 100);
    expect(assumed).toEqual([false, true]);
    const share = (name: number, birth: number): number =>
      probabilities[VECTORS.findIndex((vector) => vector[0] === name && vector[1] === birth)];
    expect(share(2, 2) / share(2, 0)).toBeCloseTo(share(0, 2) / share(0, 0), 9);
    expect(withAssumptions(SPACE, null, crossed, 100).assumed).toEqual([true, true]);
  });
});

describe('u without known non-matches', () => {
  it.each([['none are known', null], ['hardly any are known', draws(TRUE_U, 500, 9)]])(
    'is the product of the marginals when %s', (_, known) => {
      const u = nonMatchDistribution(SPACE, known, draws(independent(STRANGERS, 0), 400000, 10), 100);
      expectNear(u, independent(STRANGERS, 0), 200000);
    });

  it('is above nothing in every vector, also where nothing was counted', () => {
    for (const u of nonMatchDistribution(SPACE, null, new Float64Array(SPACE.vectors), 1)) {
      expect(u).toBeGreaterThan(0);
    }
  });
});
