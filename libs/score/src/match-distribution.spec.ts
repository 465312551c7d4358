import { chance } from '../../../test/support/encoded-extracts.js';
import { addDraws, everyVector, independent, type LevelShares } from '../../../test/support/simulated-vectors.js';
import {
  fitMatches, levelShares, matchProbabilities, refitMatches,
  type MatchFit, type MatchModel, type VectorEvidence,
} from './match-distribution.js';
import type { VectorSpace } from './vector-space.js';

const M: LevelShares = [[0.02, 0.08, 0.9], [0.05, 0.1, 0.25, 0.6], [0.1, 0.2, 0.7]];
const U: LevelShares = [[0.97, 0.025, 0.005], [0.9, 0.08, 0.015, 0.005], [0.8, 0.15, 0.05]];
const SPACE: VectorSpace = { levels: [4, 5, 4], vectors: 80 };
const MATCHES = 3000;
const NON_MATCHES = 400000;

/** u of a vector given which segments are observed, as the model wants it: missing has share 1. */
function conditional(shares: LevelShares): Float64Array {
  return Float64Array.from(everyVector(SPACE.levels), (vector) =>
    vector.reduce((product, level, s) => product * (shares[s][level] ?? 1), 1));
}

function simulate(missing: number, seed: number): Float64Array {
  const counts = new Float64Array(SPACE.vectors);
  const random = chance(seed);
  addDraws(counts, independent(M, missing), MATCHES, random);
  addDraws(counts, independent(U, missing), NON_MATCHES, random);
  return counts;
}

function fitModel(
  counts: Float64Array, changes: Partial<VectorEvidence> = {},
): MatchFit {
  const steps = fitMatches(SPACE, {
    counts, reliable: new Uint8Array(SPACE.vectors).fill(1), nonMatch: conditional(U), mostMatches: 10000,
    fitNonMatch: [false, false, false],
    ...changes,
  });
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Largest distance of level shares in standard errors of a sample of `observed` matches. */
function furthest(model: MatchModel, observed: number): number {
  let most = 0;
  const fitted = levelShares(model);
  M.forEach((shares, s) => shares.forEach((share, level) => {
    const error = Math.sqrt((share * (1 - share)) / observed);
    most = Math.max(most, Math.abs(fitted[s][level] - share) / error);
  }));
  return most;
}

const share = ({ breakages }: MatchModel, mask: number): number =>
  breakages.find(({ broken }) => broken === mask)?.share ?? 0;

describe('EM', () => {
  it.each([[0, 1], [0, 2], [0.2, 3], [0.2, 4]])(
    'recovers m and the number of matches when a share of %d is missing (seed %d)', (missing, seed) => {
      const { model, matches, converged } = fitModel(simulate(missing, seed));
      expect(converged).toBe(true);
      // Most matches stand out from the non-matches; those that do not widen the error of a plain count.
      expect(Math.abs(matches - MATCHES)).toBeLessThan(4 * 1.6 * Math.sqrt(MATCHES));
      expect(furthest(model, MATCHES * (1 - missing))).toBeLessThan(4 * 1.6);
    });

  it('fits the marginals of u that no known non-match shows', () => {
    const other: LevelShares = [[0.95, 0.04, 0.01], U[1], U[2]];
    const counts = new Float64Array(SPACE.vectors);
    addDraws(counts, independent(M, 0), MATCHES, chance(5));
    addDraws(counts, independent(other, 0), NON_MATCHES, chance(6));
    const { nonMatch, matches } = fitModel(counts, { fitNonMatch: [true, false, false] });
    const vectors = everyVector(SPACE.levels);
    const share = (level: number): number => nonMatch.reduce((sum, u, v) =>
      sum + (vectors[v][0] === level && vectors[v][1] < 4 && vectors[v][2] < 3 ? u : 0), 0);
    expect([share(0), share(1)].map((u) => Number(u.toFixed(2)))).toEqual([0.95, 0.04]);
    expect(share(2)).toBeGreaterThan(0.009);
    expect(share(2)).toBeLessThan(0.011);
    expect(Math.abs(matches - MATCHES)).toBeLessThan(4 * 1.6 * Math.sqrt(MATCHES));
    const given = fitModel(counts);
    expect(given.nonMatch).toEqual(conditional(U));
  });

  it('extrapolates to vectors whose counts are not reliable', () => {
    const vectors = everyVector(SPACE.levels);
    const reliable = Uint8Array.from(vectors, ([name, birth]) =>
      Number(name === 2 || birth === 3 || (name === 0 && birth === 0)));
    const counts = simulate(0, 7).map((count, v) => (reliable[v] ? count : count / 2));
    const { matches, model } = fitModel(counts, { reliable });
    expect(Math.abs(matches - MATCHES)).toBeLessThan(4 * 1.6 * Math.sqrt(MATCHES));
    expect(furthest(model, MATCHES)).toBeLessThan(4 * 2);
    // Taken at their word, the halved counts hide 1 match in 50.
    expect(fitModel(counts).matches).toBeLessThan(matches);
  });

  it('never exceeds what the cardinalities allow', () => {
    const { matches } = fitModel(simulate(0, 8), { mostMatches: 1000 });
    expect(matches).toBe(1000);
  });

  it('finds which segments break together, and what intact ones look like', () => {
    const intact: LevelShares = [[0.01, 0.03, 0.96], [0.01, 0.03, 0.06, 0.9], [0.01, 0.04, 0.95]];
    const matched = new Float64Array(SPACE.vectors);
    addDraws(matched, independent(intact, 0), 2400, chance(9));
    addDraws(matched, independent([U[0], U[1], intact[2]], 0), 600, chance(10));
    let { model } = fitModel(simulate(0, 11));
    for (let round = 0; round < 5; round++) model = refitMatches(SPACE, matched, model);
    expect(share(model, 0b011)).toBeGreaterThan(0.17);
    expect(share(model, 0b011)).toBeLessThan(0.23);
    expect(share(model, 0)).toBeGreaterThan(0.73);
    expect(share(model, 0b001) + share(model, 0b010)).toBeLessThan(0.05);
    expect(model.breakages[0].levels[0][2]).toBeGreaterThan(0.94);
    // Independence would give a match of which the third segment alone is left a quarter of this.
    expect(matchProbabilities(SPACE, model)[2 * 20]).toBeGreaterThan(0.15);
  });

  it('lets an intact segment look different where another one is broken', () => {
    const whole: LevelShares = [[0.01, 0.04, 0.95], [0.01, 0.03, 0.06, 0.9], [0.01, 0.04, 0.95]];
    // The third shares a field with the first: where that is broken, the third is never at its best.
    const halved: LevelShares = [U[0], whole[1], [0.01, 0.98, 0.01]];
    const matched = new Float64Array(SPACE.vectors);
    addDraws(matched, independent(whole, 0), 2000, chance(13));
    addDraws(matched, independent(halved, 0), 2000, chance(14));
    let { model } = fitModel(simulate(0, 15));
    for (let round = 0; round < 5; round++) model = refitMatches(SPACE, matched, model);
    const m = matchProbabilities(SPACE, model);
    const at = (name: number, contact: number): number => m[name + 3 * 4 + contact * 20];
    expect(at(2, 2)).toBeGreaterThan(0.36);
    expect(at(0, 1)).toBeGreaterThan(0.36);
    expect(at(0, 2) + at(2, 1)).toBeLessThan(0.06);
  });

  it('refits the breakages to matches that are given', () => {
    const { model } = fitModel(simulate(0, 12));
    const matched = new Float64Array(SPACE.vectors);
    matched[2 + 3 * 4 + 2 * 20] = 900;
    matched[2 + 3 * 4] = 100;
    const refitted = refitMatches(SPACE, matched, model);
    expect(share(refitted, 0) + share(refitted, 0b100)).toBeGreaterThan(0.97);
    expect(levelShares(refitted)[2][2]).toBeCloseTo(0.9, 1);
  });
});

describe('m of every vector', () => {
  it('sums to 1 over the vectors that observe the same segments', () => {
    const { model } = fitModel(simulate(0.2, 11));
    const m = matchProbabilities(SPACE, model);
    const sums = new Map<string, number>();
    everyVector(SPACE.levels).forEach((vector, v) => {
      const observed = vector.map((level, s) => (level === SPACE.levels[s] - 1 ? '-' : 'o')).join('');
      sums.set(observed, (sums.get(observed) ?? 0) + m[v]);
    });
    expect(sums.size).toBe(8);
    for (const sum of sums.values()) expect(sum).toBeCloseTo(1, 9);
  });
});
