/** Digits of a date of birth; `?` stands for an unknown digit. Year 4, month 2, day 2 characters. */
export interface PartialDate {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

const UNKNOWN: PartialDate = { year: '????', month: '??', day: '??' };

/**
 * Reads `YYYY-MM-DD`, `YYYYMMDD`, `DD-MM-YYYY` and `DD/MM/YYYY` (also with `.`), and what is left of a date:
 * `1970`, `1970-05`, `05-1970`, parts of zeros. A character that is no digit, as in a misread
 * `2I-05-1970`, is an unknown digit. What has none of these shapes gives a date without any known digit.
 */
export function readPartialDate(text: string): PartialDate {
  const value = text.trim().replace(/T.*$/, '');
  if (value === '') return UNKNOWN;
  const parts = value.split(/[-/.\s]+/);
  if (parts.length === 1) return fromCompact(value);
  const yearFirst = parts[0].length === 4;
  const yearLast = parts[parts.length - 1].length === 4;
  if (parts.length > 3 || (!yearFirst && !yearLast)) return UNKNOWN;
  const [year, month, day] = yearFirst ? parts : [...parts].reverse();
  return datePartsOf(year, month, day ?? '');
}

function fromCompact(value: string): PartialDate {
  if (![4, 6, 8].includes(value.length)) return UNKNOWN;
  return datePartsOf(value.slice(0, 4), value.slice(4, 6), value.slice(6, 8));
}

/** Puts a date together from its parts as three columns hold them; an empty or zero part is unknown. */
export function datePartsOf(year: string, month: string, day: string): PartialDate {
  return { year: digits(year, 4), month: digits(month, 2), day: digits(day, 2) };
}

function digits(part: string, length: number): string {
  const trimmed = part.trim();
  if (trimmed === '' || trimmed.length > length || /^0+$/.test(trimmed)) return '?'.repeat(length);
  if (length === 4 && trimmed.length < 4) return UNKNOWN.year;
  return trimmed.padStart(length, '0').replace(/[^0-9]/g, '?');
}

/** Fills the unknown parts of `date` from `other`: a birth date column beside columns of its parts. */
export function completeDate(date: PartialDate, other: PartialDate): PartialDate {
  return {
    year: date.year === UNKNOWN.year ? other.year : date.year,
    month: date.month === UNKNOWN.month ? other.month : date.month,
    day: date.day === UNKNOWN.day ? other.day : date.day,
  };
}

/**
 * Tokens of a date: each digit with its place, each adjacent pair with its place, year, month and day, and
 * month and day once more without saying which is which, so that a day/month swap keeps half of the
 * tokens. A token with an unknown digit is left out: what is missing never agrees.
 */
export function dateTokens(date: PartialDate): string[] {
  const text = date.year + date.month + date.day;
  const tokens: string[] = [];
  for (let i = 0; i < 8; i++) {
    tokens.push(`${i}:${text[i]}`);
    if (i < 7) tokens.push(`${i}:${text[i]}${text[i + 1]}`);
  }
  tokens.push(`Y${date.year}`, `M${date.month}`, `D${date.day}`, `E${date.month}`, `E${date.day}`);
  return tokens.filter((token) => !token.includes('?'));
}

/** Tokens of a full date, of a year, of a month and of a day: what `expectedTokens` counts with. */
export const DATE_TOKENS = { full: 20, year: 8, month: 5, day: 5 } as const;

/**
 * Why a value is no possible date of birth, or undefined when it is one (partial dates and empty are).
 * The reason never repeats the value.
 */
export function refusalOfBirthDate(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const { year, month, day } = readPartialDate(text);
  if (year === UNKNOWN.year) {
    return 'expected a date as YYYY-MM-DD, YYYYMMDD, DD-MM-YYYY or DD/MM/YYYY, or a part of one';
  }
  if (/[^0-9T:.+Z\s/-]/.test(text)) return 'expected digits and separators in a date';
  if (year < '1800' || year > '2199') return 'expected a year of birth from 1800 to 2199';
  if (month !== '??' && Number(month) > 12) return 'expected a month from 1 to 12';
  if (day !== '??' && Number(day) > daysIn(Number(year), month)) return 'expected a day that the month has';
  return undefined;
}

function daysIn(year: number, month: string): number {
  if (month === '??') return 31;
  if (month === '02') return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return ['04', '06', '09', '11'].includes(month) ? 30 : 31;
}
