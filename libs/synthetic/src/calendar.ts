/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
export type Day = number;

// Taken once, see random.ts.
const { floor } = Math;

/**
 * Day number of a civil date (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
 */
export function dayOf(year: number, month: number, day: number): Day {
  const y = month <= 2 ? year - 1 : year;
  const era = floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + floor(yearOfEra / 4) - floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** Year, month (1..12) and day (1..31) of a day number (civil_from_days of the same source). */
export function civilOf(day: Day): { year: number; month: number; day: number } {
  const z = day + 719468;
  const era = floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = floor((dayOfEra - floor(dayOfEra / 1460) + floor(dayOfEra / 36524)
    - floor(dayOfEra / 146096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + floor(yearOfEra / 4) - floor(yearOfEra / 100));
  const mp = floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - floor((153 * mp + 2) / 5) + 1,
  };
}

/** ISO 8601 calendar date, `YYYY-MM-DD`. */
export function isoDate(day: Day): string {
  const date = civilOf(day);
  return isoParts(date.year, date.month, date.day);
}

export function isoParts(year: number, month: number, day: number): string {
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

/** Completed years between two days. */
export function ageAt(birth: Day, at: Day): number {
  const b = civilOf(birth);
  const a = civilOf(at);
  return a.year - b.year - (a.month < b.month || (a.month === b.month && a.day < b.day) ? 1 : 0);
}

/** The day `years` years later (leap days are averaged: good to a day). */
export function addYears(day: Day, years: number): Day {
  return day + Math.round(years * 365.2425);
}
