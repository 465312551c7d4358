import { chance } from '../../../test/support/encoded-extracts.js';
import { addDraws, independent, type LevelShares } from '../../../test/support/simulated-vectors.js';
import { matchesPerFoundMatch } from './dual-system.js';
import type { MatchModel } from './match-distribution.js';
import type { VectorSpace } from './vector-space.js';

const SPACE: VectorSpace = { levels: [4, 4, 4], vectors: 64 };
const BY_CHANCE = [0.985, 0.014, 0.001];
const INTACT = [0.001, 0.2, 0.799];
const withMissing = (shares: readonly number[]): Float64Array => Float64Array.of(...shares, 1);

/** Only the levels of intact and of broken segments are read. */
const MODEL: MatchModel = {
  breakages: [{ broken: 0, share: 1, levels: [INTACT, INTACT, INTACT].map(withMissing) }],
  chance: [BY_CHANCE, BY_CHANCE, BY_CHANCE].map(withMissing),
};

/** Agrees in a segment with its probability, and is like chance otherwise. */
function segment(agreeing: number): number[] {
  return [1 - agreeing, 0.2 * agreeing, 0.8 * agreeing];
}

/** Matches whose segments agree independently, without those that agree nowhere: nobody finds these. */
function found(
  agreeing: readonly number[], matches: number, seed: number,
): { matched: Float64Array; share: number } {
  const matched = new Float64Array(SPACE.vectors);
  const shares: LevelShares = agreeing.map(segment);
  addDraws(matched, independent(shares, 0), matches, chance(seed));
  matched[0] = 0;
  return { matched, share: matched.reduce((sum, count) => sum + count, 0) / matches };
}

describe('matchesPerFoundMatch', () => {
  it.each([
    [[0.6, 0.5, 0.1], 1], [[0.5, 0.4, 0.45], 2], [[0.7, 0.8, 0.6], 3],
  ])('tells the matches that agree in nothing where segments err independently (%p)', (agreeing, seed) => {
    const { matched, share } = found(agreeing, 20000, seed);
    expect(matchesPerFoundMatch(SPACE, matched, MODEL) * share).toBeGreaterThan(0.97);
    expect(matchesPerFoundMatch(SPACE, matched, MODEL) * share).toBeLessThan(1.03);
  });

  it('says nothing where segments fail together', () => {
    const matched = new Float64Array(SPACE.vectors);
    addDraws(matched, independent([0.7, 0.7, 0.7].map(segment), 0), 1000, chance(4));
    matched[2 + 2 * 4 + 2 * 16] += 5000;
    expect(matchesPerFoundMatch(SPACE, matched, MODEL)).toBe(1);
  });

  it('asks neither a segment that sees hardly anything nor one that decides what is found', () => {
    const { matched } = found([0.95, 0.5, 0.1], 20000, 5);
    expect(matchesPerFoundMatch(SPACE, matched, MODEL)).toBe(1);
    expect(matchesPerFoundMatch(SPACE, new Float64Array(SPACE.vectors), MODEL)).toBe(1);
  });

  it('reads only vectors that observe every segment', () => {
    const { matched } = found([0.6, 0.5, 0.1], 20000, 6);
    const alone = matchesPerFoundMatch(SPACE, matched, MODEL);
    matched[3 + 2 * 4 + 2 * 16] = 7000;
    expect(matchesPerFoundMatch(SPACE, matched, MODEL)).toBe(alone);
  });
});
