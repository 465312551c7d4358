import { dateTokens, type PartialDate } from './date-tokens.js';
import type { FilterStore } from './filter-store.js';

const FIRST_YEAR = 1800;
const YEARS = 400;
const MONTHS = 12;
const DAYS = 31;
/** First digits of a month. */
const MONTH_TENS = 2;

const DATE_CHARACTERS = 10;
const ZERO = 0x30;
const HYPHEN = 0x2d;

const UNKNOWN: PartialDate = { year: '????', month: '??', day: '??' };

type ByteText = Uint8Array | Uint8ClampedArray;

/**
 * Filters of dates of birth in two parts: the year with the first digit of the month, and month and day. Each
 * token of a date is of one of these parts, because a token has no more than two neighbouring digits or one
 * of year, month and day. So a few hundred filters, which stay near the processor, stand for all dates, of
 * which there are tens of thousands, each rare.
 */
export class DateFilters {
  /** Where in the kernel's memory the addresses of filters are (u32), 0 where none is made yet. */
  readonly years: number;
  readonly days: number;
  /** Addresses of the filters of the date that was found last: their union is that of the date. */
  readonly found = new Int32Array(2);
  private readonly text = new Uint8ClampedArray(DATE_CHARACTERS);

  /** @param addTokens adds tokens to the filter at an address */
  constructor(
    private readonly store: FilterStore, private readonly addTokens: (at: number, tokens: string[]) => void,
  ) {
    this.years = store.kernel.allocate(4 * YEARS * MONTH_TENS);
    this.days = store.kernel.allocate(4 * MONTHS * DAYS);
  }

  /**
   * Finds the filters of a date and leaves them in `found`; false for what is not written YYYY-MM-DD, of
   * years from 1800 to 2199, months to 12 and days to 31, which has to be read another way.
   */
  find(value: string): boolean {
    if (value.length !== DATE_CHARACTERS) return false;
    // Clamped: a character beyond the first 256 becomes one of them that is no digit.
    for (let i = 0; i < DATE_CHARACTERS; i++) this.text[i] = value.charCodeAt(i);
    return this.findBytes(this.text, 0, DATE_CHARACTERS);
  }

  /** The same for the bytes `from` to `to` of a text in UTF-8. */
  findBytes(text: ByteText, from: number, to: number): boolean {
    if (to - from !== DATE_CHARACTERS || text[from + 4] !== HYPHEN || text[from + 7] !== HYPHEN) return false;
    const year = 100 * twoDigits(text, from) + twoDigits(text, from + 2) - FIRST_YEAR;
    const month = twoDigits(text, from + 5) - 1;
    const day = twoDigits(text, from + 8) - 1;
    // What is no digit makes one of them negative or not a number.
    if (!(year >= 0 && year < YEARS && month >= 0 && month < MONTHS && day >= 0 && day < DAYS)) return false;
    const { found } = this;
    const tens = month < 9 ? 0 : 1;
    found[0] = this.filterAt(this.years + 4 * (MONTH_TENS * year + tens), () => (
      { ...UNKNOWN, year: String(year + FIRST_YEAR), month: `${tens}?` }));
    found[1] = this.filterAt(this.days + 4 * (MONTHS * day + month), () => (
      { ...UNKNOWN, month: twoCharacters(month + 1), day: twoCharacters(day + 1) }));
    return true;
  }

  /** The filter whose address is at `place`. */
  private filterAt(place: number, part: () => PartialDate): number {
    const { kernel } = this.store;
    const known = kernel.words[place / 4];
    if (known !== 0) return known;
    const at = this.store.allocate(1);
    this.addTokens(at, dateTokens(part()));
    return (kernel.words[place / 4] = at);
  }
}

/** The number of two digits; not a number where they are none. */
function twoDigits(text: ByteText, at: number): number {
  const [tens, ones] = [text[at] - ZERO, text[at + 1] - ZERO];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN;
}

function twoCharacters(number: number): string {
  return String(number).padStart(2, '0');
}
