import { matchProbability, matchWeight } from './match-weight.js';
import { chooseThreshold } from './threshold.js';

/** Surname, date of birth, sex: agreement among matches and among non-matches; 1 match in 2,000 pairs. */
const M = [0.95, 0.97, 0.99];
const U = [0.01, 0.003, 0.5];
const PRIOR = 0.0005;
const PAIRS = 2e6;

/** Worked by hand: agreement pattern, log2(m/u), posterior, and precision and recall of all down to it. */
const WORKED = [
  ['111', 15.892234474989166, 0.968177910789901, 0.968177910789901, 0.912285],
  ['110', 9.262877854909558, 0.235076530612245, 0.9388977757853016, 0.9215],
  ['011', 5.0149503414659735, 0.015917295700689216, 0.2425, 0.969515],
  ['101', 2.5007969398461567, 0.0028234114495513485, 0.07131109988185456, 0.99773],
  ['010', -1.614406278613635, 0.00016335466487032697, 0.05885621834137862, 0.998215],
  ['100', -4.128559680233452, 2.8599239360581274e-5, 0.03708376399647472, 0.9985],
  ['001', -8.376487193677036, 1.5052639078858796e-6, 0.0009867005570501554, 0.999985],
  ['000', -15.005843813756645, 1.5204708594157477e-8, 0.0005, 1],
] as const;

function probabilityOf(pattern: string, agreement: readonly number[]): number {
  return agreement.reduce((product, share, field) => product * (pattern[field] === '1' ? share : 1 - share), 1);
}

describe('Fellegi and Sunter', () => {
  it.each(WORKED)('pattern %s has its weight and its posterior', (pattern, weight, posterior) => {
    const [m, u] = [probabilityOf(pattern, M), probabilityOf(pattern, U)];
    expect(matchWeight(m, u)).toBeCloseTo(weight, 9);
    expect(matchProbability(PRIOR, m, u) / posterior).toBeCloseTo(1, 9);
  });

  it('is never a match where neither matches nor non-matches have the vector', () => {
    expect(matchProbability(PRIOR, 0, 0)).toBe(0);
    expect(matchProbability(PRIOR, 1, 0)).toBe(1);
  });

  it.each([[0.95, 1], [0.9, 2], [0.5, 2]])(
    'a target precision of %d takes the first %d patterns, with the precision and recall worked out',
    (precision, patterns) => {
      // Whole pairs: the rounding is below the tolerance.
      const probabilities = WORKED.slice(0, 3).flatMap(([pattern, , posterior]) => {
        const pairs = PAIRS * (PRIOR * probabilityOf(pattern, M) + (1 - PRIOR) * probabilityOf(pattern, U));
        return Array<number>(Math.round(pairs)).fill(posterior);
      });
      const threshold = chooseThreshold(
        Float64Array.from(probabilities), PAIRS * PRIOR, { kind: 'target-precision', precision });
      const [, , posterior, expectedPrecision, expectedRecall] = WORKED[patterns - 1];
      expect(threshold.probability).toBe(posterior);
      expect(threshold.expectedPrecision).toBeCloseTo(expectedPrecision, 3);
      expect(threshold.expectedRecall).toBeCloseTo(expectedRecall, 3);
    });
});
