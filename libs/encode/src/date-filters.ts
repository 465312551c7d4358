import { dateTokens, type PartialDate } from './date-tokens.js';
import type { FilterStore } from './filter-store.js';

const FIRST_YEAR = 1800;
const YEARS = 400;
const MONTHS = 12;
const DAYS = 31;
/** Last digits of a year, and first digits of a month. */
const DECADE_MONTHS = 20;

const ZERO = 0x30;
const HYPHEN = 0x2d;

/**
 * Filters of dates of birth in three parts: the year, month and day, and the last digit of the year with the
 * first of the month. Each token of a date is of one of these parts alone, because a token has no more
 * than two neighbouring digits or one part. So a few hundred filters, which stay near the processor, stand
 * for all dates, of which there are tens of thousands, each rare.
 */
export class DateFilters {
  /** Addresses of filters, 0 where none is made yet. */
  private readonly years = new Int32Array(YEARS);
  private readonly days = new Int32Array(MONTHS * DAYS);
  private readonly between = new Int32Array(DECADE_MONTHS);
  /** Addresses of the filters of the date that was found last: their union is that of the date. */
  readonly found = new Int32Array(3);

  /** @param addTokens adds tokens to the filter at an address */
  constructor(
    private readonly store: FilterStore, private readonly addTokens: (at: number, tokens: string[]) => void,
  ) {}

  /**
   * Finds the filters of a date and leaves them in `found`; false for what is not written YYYY-MM-DD, of
   * years from 1800 to 2199, months to 12 and days to 31, which has to be read another way.
   */
  find(value: string): boolean {
    if (value.length !== 10 || value.charCodeAt(4) !== HYPHEN || value.charCodeAt(7) !== HYPHEN) return false;
    const year = 100 * twoDigits(value, 0) + twoDigits(value, 2) - FIRST_YEAR;
    const month = twoDigits(value, 5) - 1;
    const day = twoDigits(value, 8) - 1;
    // What is no digit makes one of them negative or not a number.
    if (!(year >= 0 && year < YEARS && month >= 0 && month < MONTHS && day >= 0 && day < DAYS)) return false;
    const { years, days, between, found } = this;
    const place = MONTHS * day + month;
    const gap = 2 * (year % 10) + (month < 9 ? 0 : 1);
    found[0] = years[year] || this.make(years, year, { year: value.slice(0, 4), month: '??', day: '??' });
    found[1] = days[place]
      || this.make(days, place, { year: '????', month: value.slice(5, 7), day: value.slice(8) });
    found[2] = between[gap]
      || this.make(between, gap, { year: `???${value[3]}`, month: `${value[5]}?`, day: '??' });
    return true;
  }

  private make(addresses: Int32Array, place: number, part: PartialDate): number {
    const at = this.store.allocate(1);
    this.addTokens(at, dateTokens(part));
    return (addresses[place] = at);
  }
}

/** The number of two digits; not a number where they are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - ZERO, text.charCodeAt(at + 1) - ZERO];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN;
}
