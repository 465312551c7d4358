import { chance } from '../../../test/support/encoded-extracts.js';
import { addDraws, everyVector, independent, type LevelShares } from '../../../test/support/simulated-vectors.js';
import {
  fitMatches, matchProbabilities, refitMatches, type MatchFit, type MatchModel, type VectorEvidence,
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
  counts: Float64Array, changes: Partial<VectorEvidence> = {}, classes = 1,
): MatchFit {
  const steps = fitMatches(SPACE, {
    counts, reliable: new Uint8Array(SPACE.vectors).fill(1), nonMatch: conditional(U), mostMatches: 10000,
    fitNonMatch: [false, false, false],
    ...changes,
  }, classes);
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Largest distance of level shares in standard errors of a sample of `observed` matches. */
function furthest(model: MatchModel, observed: number): number {
  let most = 0;
  M.forEach((shares, s) => shares.forEach((share, level) => {
    const error = Math.sqrt((share * (1 - share)) / observed);
    most = Math.max(most, Math.abs(model.levelShares[0][s][level] - share) / error);
  }));
  return most;
}

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

  it('tells clean matches from erroneous ones where there are two classes of them', () => {
    const erroneous: LevelShares = [[0.5, 0.3, 0.2], [0.4, 0.3, 0.2, 0.1], [0.3, 0.4, 0.3]];
    const clean: LevelShares = [[0.01, 0.01, 0.98], [0.01, 0.02, 0.07, 0.9], [0.01, 0.04, 0.95]];
    const counts = new Float64Array(SPACE.vectors);
    addDraws(counts, independent(clean, 0), 7000, chance(9));
    addDraws(counts, independent(erroneous, 0), 3000, chance(10));
    const matched = Float64Array.from(counts);
    const start: MatchModel = {
      classShares: [0.5, 0.5],
      levelShares: [clean, erroneous].map((shares) =>
        shares.map((ofSegment) => Float64Array.of(...ofSegment.map(() => 1 / ofSegment.length), 1))),
    };
    start.levelShares[0].forEach((shares) => { shares[shares.length - 2] += 0.2; });
    let model = start;
    for (let round = 0; round < 5; round++) model = refitMatches(SPACE, matched, conditional(U), model);
    expect(model.classShares[0]).toBeGreaterThan(0.65);
    expect(model.classShares[0]).toBeLessThan(0.75);
    expect(model.levelShares[0][0][2]).toBeGreaterThan(0.95);
    expect(model.levelShares[1][0][2]).toBeLessThan(0.3);
  });
});

describe('m of every vector', () => {
  it('sums to 1 over the vectors that observe the same segments', () => {
    const { model } = fitModel(simulate(0.2, 11), {}, 2);
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
