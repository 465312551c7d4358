import fc from 'fast-check';
import type { BipartiteSides } from './bipartite-posterior.js';
import {
  residualChance, residualCounts, residualPosterior, type LevelEvidence, type LevelLinks,
} from './residual-posterior.js';

/** Levels 0 to 19 of one similarity; level 20 is a missing one. */
const LEVELS = 21;
const KEPT_FROM = 7;

interface Simulated extends LevelEvidence {
  readonly links: LevelLinks;
  readonly isMatch: readonly boolean[];
  readonly matches: number;
  readonly sides: BipartiteSides;
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((all, one) => all + one, 0);
}

function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** Draws levels by their shares. */
function drawer(shares: Float64Array, random: () => number): () => number {
  const upTo = new Float64Array(LEVELS);
  let sum = 0;
  for (let level = 0; level < LEVELS; level++) upTo[level] = sum += shares[level];
  return () => {
    const at = random() * sum;
    let level = 0;
    while (upTo[level] < at) level++;
    return level;
  };
}

/** Shares of levels around a mean, of the shape of a normal distribution. */
function around(mean: number, deviation: number): Float64Array {
  const shares = Float64Array.from({ length: LEVELS }, (_, level) =>
    (level === LEVELS - 1 ? 0 : Math.exp(-(((level - mean) / deviation) ** 2) / 2)));
  const all = sum(shares);
  return shares.map((share) => share / all);
}

const CHANCE = around(4, 2.2);
const SAME = around(13, 3);

/** The first `matches` records of two registers are the same people. */
function simulated(
  seed: number, records: number, matches: number, one: Partial<BipartiteSides> = {},
): Simulated {
  const random = uniform(seed);
  const [drawChance, drawSame] = [drawer(CHANCE, random), drawer(SAME, random)];
  const [rowsOfA, rowsOfB, levels, isMatch]: [number[], number[], number[], boolean[]] = [[], [], [], []];
  for (let a = 0; a < records; a++) {
    for (let b = 0; b < records; b++) {
      const same = a === b && a < matches;
      const level = same ? drawSame() : drawChance();
      if (level < KEPT_FROM) continue;
      rowsOfA.push(a);
      rowsOfB.push(b);
      levels.push(level);
      isMatch.push(same);
    }
  }
  return {
    links: {
      length: levels.length, rowsOfA: Uint32Array.from(rowsOfA), rowsOfB: Uint32Array.from(rowsOfB),
      levels: Uint32Array.from(levels),
    },
    isMatch, matches, nonMatch: CHANCE, candidateProbability: new Float64Array(LEVELS).fill(1),
    keep: Uint8Array.from({ length: LEVELS }, (_, l) => Number(l >= KEPT_FROM && l < LEVELS - 1)),
    sides: { recordsOfA: records, recordsOfB: records, oneMatchForA: true, oneMatchForB: true, ...one },
  };
}

/** Matches are told where hardly any pair is alike by chance. */
function startingOdds({ nonMatch, sides }: Simulated): Float64Array {
  return nonMatch.map((u, level) =>
    Number(level < LEVELS - 1 && u * sides.recordsOfA * sides.recordsOfB < 1) * 100);
}

/** The links of these levels, as if all of them were matches. */
function surely(given: Simulated): Float64Array {
  const odds = startingOdds(given);
  return Float64Array.from(given.links.levels, (level) => (odds[level] > 0 ? 0.99 : 0));
}

function judged(given: Simulated, rounds = 6): { probabilities: Float64Array; telling: Uint8Array } {
  const steps = residualPosterior(given.links, given.sides, given, startingOdds(given), rounds);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

describe('the posterior of the residual', () => {
  it('finds more than is sure, and errs as often as it expects to', () => {
    fc.assert(fc.property(fc.integer(), fc.integer({ min: 50, max: 180 }), (seed, matches) => {
      const given = simulated(seed, 200, matches);
      const { probabilities } = judged(given);
      const linked = Array.from(probabilities.keys()).filter((e) => probabilities[e] >= 0.5);
      const right = linked.filter((e) => given.isMatch[e]).length;
      const expectedWrong = sum(linked.map((e) => 1 - probabilities[e]));
      const sure = surely(given).filter((one, e) => one > 0 && given.isMatch[e]).length;
      expect(right).toBeGreaterThanOrEqual(sure);
      expect(Math.abs(linked.length - right - expectedWrong)).toBeLessThan(3 * Math.sqrt(expectedWrong) + 8);
      expect(sum(probabilities)).toBeLessThan(1.1 * matches + 10);
    }), { numRuns: 10 });
  });

  it('links fewer than four of 150 on average where nobody is in both registers', () => {
    const linked = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
      judged(simulated(seed, 150, 0)).probabilities.filter((one) => one >= 0.5).length);
    expect(sum(linked) / linked.length).toBeLessThan(4);
  });

  it('goes by the side that is unique where only one is, and by none where none is', () => {
    for (const oneMatchForB of [false, true]) {
      const given = simulated(5, 120, 90, { oneMatchForA: false, oneMatchForB });
      const { probabilities } = judged(given);
      expect(Math.abs(sum(probabilities) - 90)).toBeLessThan(25);
    }
  });

  it('gives probability 0 below the telling levels, and finite ones above', () => {
    const given = simulated(9, 150, 90);
    const { probabilities, telling } = judged(given);
    expect(telling[KEPT_FROM]).toBe(0);
    expect(telling[LEVELS - 1]).toBe(0);
    probabilities.forEach((one, e) => {
      expect(one).toBeGreaterThanOrEqual(0);
      expect(one).toBeLessThanOrEqual(1);
      if (telling[given.links.levels[e]] === 0) expect(one).toBe(0);
    });
  });

  it('ends with nothing where there is no link', () => {
    const given = simulated(1, 3, 0);
    const no = new Uint32Array(0);
    const none = { length: 0, rowsOfA: no, rowsOfB: no, levels: no };
    expect(judged({ ...given, links: none }).probabilities).toHaveLength(0);
  });
});

describe('what is left over', () => {
  it('is every pair as far as its records have no other match, by the definition', () => {
    fc.assert(fc.property(fc.integer(), fc.boolean(), fc.boolean(), (seed, oneMatchForA, oneMatchForB) => {
      const given = simulated(seed, 25, 15, { oneMatchForA, oneMatchForB });
      const { links, sides } = given;
      const start = surely(given);
      const counts = residualCounts(links, sides, given, start);
      const expected = new Float64Array(LEVELS);
      for (let e = 0; e < links.length; e++) {
        let [ofA, ofB] = [0, 0];
        for (let o = 0; o < links.length; o++) {
          if (o !== e && links.rowsOfA[o] === links.rowsOfA[e]) ofA += start[o];
          if (o !== e && links.rowsOfB[o] === links.rowsOfB[e]) ofB += start[o];
        }
        const [freeOfA, freeOfB] = [oneMatchForA ? 1 - ofA : 1, oneMatchForB ? 1 - ofB : 1];
        expected[links.levels[e]] += Math.max(0, freeOfA) * Math.max(0, freeOfB);
      }
      counts.left.forEach((pairs, level) => { expect(pairs).toBeCloseTo(expected[level], 8); });
    }), { numRuns: 20 });
  });

  it('looks by chance as u says, if those who are left are like the others', () => {
    const given = simulated(3, 300, 200);
    const counts = residualCounts(given.links, given.sides, given, surely(given));
    const chance = residualChance(counts, given, startingOdds(given));
    for (let level = KEPT_FROM; level < KEPT_FROM + 3; level++) {
      const expected = counts.leftPairs * given.nonMatch[level];
      expect(chance[level] / expected).toBeGreaterThan(0.85);
      expect(chance[level] / expected).toBeLessThan(1.15);
    }
  });

  it('weighs a pair by how often its like becomes a candidate', () => {
    const given = simulated(3, 100, 60);
    const whole = residualCounts(given.links, given.sides, given, surely(given));
    const seldom = { ...given, candidateProbability: new Float64Array(LEVELS).fill(0.5) };
    const half = residualCounts(given.links, given.sides, seldom, surely(given));
    half.left.forEach((pairs, level) => { expect(pairs).toBeCloseTo(2 * whole.left[level], 8); });
  });
});
