import fc from 'fast-check';
import { addYears, ageAt, civilOf, dayOf, isoDate } from './calendar.js';

const MILLISECONDS_A_DAY = 86_400_000;
const days = fc.integer({ min: dayOf(1800, 1, 1), max: dayOf(2200, 12, 31) });

describe('the calendar', () => {
  it('agrees with ECMAScript dates in UTC', () => {
    fc.assert(fc.property(days, (day) => {
      expect(isoDate(day)).toBe(new Date(day * MILLISECONDS_A_DAY).toISOString().slice(0, 10));
      const { year, month, day: dayOfMonth } = civilOf(day);
      expect(dayOf(year, month, dayOfMonth)).toBe(day);
    }));
  });

  it('counts completed years', () => {
    expect(ageAt(dayOf(2000, 2, 29), dayOf(2018, 2, 28))).toBe(17);
    expect(ageAt(dayOf(2000, 2, 29), dayOf(2018, 3, 1))).toBe(18);
    fc.assert(fc.property(days, fc.integer({ min: 1, max: 100 }), (day, years) => {
      expect(ageAt(day, addYears(day, years) + 1)).toBe(years);
    }));
  });
});
