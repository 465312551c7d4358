import fc from 'fast-check';
import {
  dayOf, SIX_MONTHS_AND_A_DAY, TWELVE_OF_SIXTEEN_MONTHS, twelveSixteenMonthRule, weighCrossing, type Crossing,
} from './index.js';

const origin = dayOf('2021-03-01');
/** Days after the origin at which the person crosses, directions in turn. */
const journey = (first: 'arrive' | 'depart', days: readonly number[]): Crossing[] => days.map((day, i) => ({
  day: origin + day, direction: (i % 2 === 0) === (first === 'arrive') ? 'arrive' : 'depart',
}));
const nonResident = { resident: false, settledOn: origin };

describe('the 12/16-month rule', () => {
  it('settles an uninterrupted arrival after 365 days', () => {
    expect(twelveSixteenMonthRule(journey('arrive', [0]), nonResident)).toEqual([{
      residentBefore: false, residentAfter: true, longTermMigration: true,
      beforeSettledOn: origin, afterSettledOn: origin + 365, longTermMigrationSettledOn: origin + 365,
    }]);
  });

  it('lets 365 days be made of several stays within 487', () => {
    const [arrival] = twelveSixteenMonthRule(journey('arrive', [0, 200, 260, 400, 420]), nonResident);
    // Absent for 60 days, then for 20: present on the 365th day of presence, 80 days late.
    expect(arrival).toMatchObject({ longTermMigration: true, afterSettledOn: origin + 365 + 80 });
  });

  it('stops at the 123rd day of absence, not at the 122nd', () => {
    const back = (absence: number): boolean =>
      twelveSixteenMonthRule(journey('arrive', [0, 100, 100 + absence]), nonResident)[0].longTermMigration;
    expect(back(122)).toBe(true);
    expect(back(123)).toBe(false);
  });

  it('calls a return within 8 months no migration on its own day', () => {
    const outcomes = twelveSixteenMonthRule(journey('arrive', [0, 243]), nonResident);
    expect(outcomes[1]).toMatchObject({ longTermMigration: false, longTermMigrationSettledOn: origin + 243 });
    const later = twelveSixteenMonthRule(journey('arrive', [0, 245]), nonResident);
    expect(later[1].longTermMigrationSettledOn).toBe(origin + 122 + 245);
  });

  it('without an initial status takes it from the first direction', () => {
    expect(twelveSixteenMonthRule(journey('depart', [0]), undefined)[0])
      .toMatchObject({ residentBefore: true, residentAfter: false, longTermMigration: true });
    expect(twelveSixteenMonthRule([], undefined)).toEqual([]);
  });

  it('puts a status given for the very day in place of the outcome settled on it', () => {
    const days = [0, 370, 380];
    const settledOn = origin + 370 + 122 + 10;
    const plain = twelveSixteenMonthRule(journey('depart', days), { resident: true, settledOn: origin });
    expect(plain[2].residentBefore).toBe(false);
    const given = twelveSixteenMonthRule(journey('depart', days), { resident: true, settledOn });
    expect(given[2]).toMatchObject({
      residentBefore: true, beforeSettledOn: settledOn, residentAfter: false,
    });
  });

  it('refuses crossings that go back in time or repeat a direction', () => {
    expect(() => twelveSixteenMonthRule(journey('arrive', [5, 4]), nonResident)).toThrow(/crossing 2/);
    const twice = journey('arrive', [0, 5]).map(({ day }) => ({ day, direction: 'arrive' as const }));
    expect(() => twelveSixteenMonthRule(twice, nonResident)).toThrow(/crossing 2/);
  });

  it('for six months and a day asks for most of a year', () => {
    expect(weighCrossing(journey('arrive', [0, 183]), 0, SIX_MONTHS_AND_A_DAY).migrates).toBe(true);
    expect(weighCrossing(journey('arrive', [0, 182]), 0, SIX_MONTHS_AND_A_DAY).migrates).toBe(false);
  });

  it('weighs as a count day by day does', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 9 });
    const rule = fc.constantFrom(TWELVE_OF_SIXTEEN_MONTHS, SIX_MONTHS_AND_A_DAY);
    fc.assert(fc.property(gaps, rule, (steps, chosen) => {
      const days = steps.map((_, i) => steps.slice(1, i + 1).reduce((sum, gap) => sum + gap, 0));
      const crossings = journey('arrive', days);
      let newSide = 0;
      let oldSide = 0;
      let expected: boolean | undefined;
      for (let day = 0; expected === undefined; day += 1) {
        const made = days.filter((crossed) => crossed <= day).length;
        if (made % 2 === 1) newSide += 1;
        else oldSide += 1;
        if (oldSide > chosen.windowDays - chosen.thresholdDays) expected = false;
        else if (newSide >= chosen.thresholdDays) expected = true;
      }
      expect(weighCrossing(crossings, 0, chosen).migrates).toBe(expected);
    }), { numRuns: 300 });
  });
});
