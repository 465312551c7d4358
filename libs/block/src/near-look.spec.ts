import { chance } from '../../../test/support/encoded-extracts.js';
import { look, looksForChance } from './near-look.js';

/** Share of pairs that pass when each column differs with this probability. */
function simulated(
  mostInHalf: number, mostInLine: number, share: number, bits: number,
): { readonly half: number; readonly both: number } {
  const random = chance(7);
  const differing = (columns: number): number =>
    Array.from({ length: columns }, () => Number(random() < share)).reduce((sum, one) => sum + one, 0);
  let [half, both] = [0, 0];
  for (let trial = 0; trial < TRIALS; trial++) {
    const inHalf = differing(Math.min(256, bits));
    const rest = differing(Math.max(0, Math.min(512, bits) - 256));
    if (inHalf <= mostInHalf) half++;
    if (inHalf <= mostInHalf && inHalf + rest <= mostInLine) both++;
  }
  return { half: half / TRIALS, both: both / TRIALS };
}

const TRIALS = 3000;

describe('a look', () => {
  it.each([
    [107, 222, 0.42, 2048], [107, 222, 0.5, 2048], [40, 70, 0.15, 512], [30, 30, 0.1, 320],
    [12, 12, 0.1, 128],
  ])('within %d and %d passes as many pairs as a simulation', (mostInHalf, mostInLine, share, bits) => {
    const { passHalf, pass } = look({ mostInHalf, mostInLine }, bits);
    const { half, both } = simulated(mostInHalf, mostInLine, share, bits);
    const error = (p: number): number => 4 * Math.sqrt((p * (1 - p)) / TRIALS) + 0.003;
    expect(Math.abs(passHalf(share) - half)).toBeLessThan(error(half));
    expect(Math.abs(pass(share) - both)).toBeLessThan(error(both));
  });

  it('passes equal filters always, and the nearer of two pairs more often', () => {
    const { pass } = look({ mostInHalf: 100, mostInLine: 200 }, 1024);
    expect(pass(0)).toBe(1);
    expect(pass(1)).toBe(0);
    const shares = Array.from({ length: 99 }, (_, k) => k / 100);
    for (const share of shares) expect(pass(share + 0.01)).toBeLessThanOrEqual(pass(share) + 1e-9);
  });
});

describe('the looks that are tried', () => {
  it('let as few random pairs pass as they should', () => {
    const looks = looksForChance(new Float64Array(1000).fill(0.5), 2048);
    expect(looks.length).toBeGreaterThan(6);
    for (const { passHalf, pass, mostInHalf, mostInLine } of looks) {
      expect(passHalf(0.5)).toBeLessThanOrEqual(0.1);
      expect(pass(0.5)).toBeLessThanOrEqual(0.005);
      expect(mostInHalf).toBeLessThanOrEqual(mostInLine);
    }
  });

  it('are there where nobody has the segment', () => {
    expect(looksForChance(new Float64Array(10).fill(Number.NaN), 64)).toHaveLength(1);
  });
});
