import { VinculumError } from '#libs/record';

/** Days since 1970-01-01 in the proleptic Gregorian calendar; may be -Infinity or Infinity where said so. */
export type Day = number;

const MILLISECONDS_A_DAY = 86_400_000;

/**
 * ISO 8601 date -> day.
 *
 * @throws VinculumError `DATE_INVALID` for anything but an existing `YYYY-MM-DD`.
 */
export function dayOf(date: string): Day {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (parts !== null) {
    const at = new Date(0);
    // setUTCFullYear, because Date.UTC reads the years 0..99 as 1900..1999.
    at.setUTCFullYear(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
    const day = at.getTime() / MILLISECONDS_A_DAY;
    if (dateOf(day) === date) return day;
  }
  throw new VinculumError('DATE_INVALID', 'expected an existing date as YYYY-MM-DD');
}

/** Day -> ISO 8601 date; the day must be finite. */
export function dateOf(day: Day): string {
  return new Date(day * MILLISECONDS_A_DAY).toISOString().slice(0, 10);
}

/** First and last day of a calendar year. */
export function yearBounds(year: number): { readonly first: Day; readonly last: Day } {
  const text = String(year).padStart(4, '0');
  return { first: dayOf(`${text}-01-01`), last: dayOf(`${text}-12-31`) };
}
