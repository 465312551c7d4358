import { brokenRules, parseRiskLevels, type RiskRule } from './risk-levels.js';

const RULES: RiskRule[] = [
  { statistic: 'entropy', below: 0.8, verdict: 'warn', why: 'a' },
  { statistic: 'entropy', below: 0.6, verdict: 'refuse', why: 'b' },
  { statistic: 'correlation', above: 4, verdict: 'refuse', declared: ['hardened'], why: 'c' },
];

describe('brokenRules', () => {
  it('gives the worst verdict for each statistic', () => {
    expect(brokenRules(RULES, { entropy: 0.8 }, 'plain')).toEqual([]);
    expect(brokenRules(RULES, { entropy: 0.7 }, 'plain')).toEqual(
      [{ statistic: 'entropy', value: 0.7, limit: 0.8, verdict: 'warn', why: 'a' }]);
    expect(brokenRules(RULES, { entropy: 0.5 }, 'plain').map(({ verdict }) => verdict)).toEqual(['refuse']);
  });

  it('keeps to the declarations that a rule is for', () => {
    expect(brokenRules(RULES, { entropy: 1, correlation: 5 }, 'plain')).toEqual([]);
    expect(brokenRules(RULES, { entropy: 1, correlation: 5 }, 'hardened')).toHaveLength(1);
  });
});

describe('parseRiskLevels', () => {
  const good = { kind: 'vinculum-risk-levels', version: 1, leastRecords: 100, segment: RULES, block: [], record: [] };

  it('takes good levels as they are', () => {
    expect(parseRiskLevels(good)).toBe(good);
  });

  it.each([
    [null, /kind: expected/], [{ ...good, leastRecords: 1 }, /leastRecords/],
    [{ ...good, record: 3 }, /record: expected/],
    [{ ...good, segment: [{ ...RULES[0], above: 1 }] }, /segment\[0\]: expected either/],
    [{ ...good, segment: [{ ...RULES[0], statistic: 'mood' }] }, /segment\[0\].statistic/],
    [{ ...good, segment: [{ ...RULES[0], verdict: 'good' }] }, /segment\[0\].verdict/],
    [{ ...good, segment: [{ ...RULES[0], declared: ['strong'] }] }, /segment\[0\].declared/],
    [{ ...good, segment: [{ ...RULES[0], because: 'x' }] }, /unknown member because/],
    [{ ...good, segment: [{ ...RULES[0], why: '' }] }, /segment\[0\].why/],
  ])('refuses %j', (json, reason) => {
    expect(() => parseRiskLevels(json)).toThrow(reason);
  });
});
