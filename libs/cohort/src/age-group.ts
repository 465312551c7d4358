import { dateOf, type Day } from './calendar.js';

/** SDMX codes of the five-year age groups, youngest first, unknown last. */
export const AGE_GROUPS: readonly string[] = [
  'Y_LT5',
  ...Array.from({ length: 16 }, (_, i) => `Y${5 * (i + 1)}T${5 * (i + 1) + 4}`),
  'Y_GE85',
  '_U',
];

/**
 * Completed years on a day, from a month of birth. The day of birth is not delivered, so in the month of
 * birth itself the birthday is taken to have passed from the 16th on; with the year alone, from 1 July on.
 *
 * @param birthMonth `YYYY-MM`, `YYYY` or empty.
 * @returns whole years, negative before birth, or undefined when the birth is not known.
 */
export function completedYears(birthMonth: string, day: Day): number | undefined {
  if (birthMonth === '') return undefined;
  const [year, month] = birthMonth.split('-');
  const date = dateOf(day);
  const birthday = month === undefined ? '07-01' : `${month}-16`;
  const passed = date.slice(5) >= birthday || (month !== undefined && date.slice(5, 7) > month);
  return Number(date.slice(0, 4)) - Number(year) - (passed ? 0 : 1);
}

/** Five-year group of an age; `_U` where the age is not known. A newborn of this month is in the youngest. */
export function ageGroup(years: number | undefined): string {
  if (years === undefined || years < -1) return '_U';
  return AGE_GROUPS[Math.min(Math.max(Math.floor(years / 5), 0), 17)];
}
