/** Dates as Python's `strptime` reads them; the directives of a calendar date and a time of day. */
export interface DateReader {
  /** The date as clkhash hashes it, `%Y%m%d` with the year unpadded (as glibc does), or undefined. */
  read(text: string): string | undefined;
}

const MONTHS = [
  'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november',
  'december',
];
const PATTERNS: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})', y: '(?<y>\\d{2})', m: '(?<m>1[0-2]|0[1-9]|[1-9])', d: '(?<d>3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])',
  B: `(?<B>${MONTHS.join('|')})`, b: `(?<b>${MONTHS.map((month) => month.slice(0, 3)).join('|')})`,
  j: '(?<j>36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])',
  H: '(?:2[0-3]|[01]\\d|\\d)', M: '(?:[0-5]\\d|\\d)', S: '(?:6[01]|[0-5]\\d|\\d)', '%': '%',
};

/** Reader of a format such as `%Y-%m-%d`, or undefined when it has a directive that is not supported. */
export function dateReader(format: string): DateReader | undefined {
  let pattern = '';
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      pattern += /\s/.test(format[i]) ? '\\s+' : format[i].replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
      continue;
    }
    const directive = format[++i];
    if (directive === undefined || !Object.hasOwn(PATTERNS, directive)) return undefined;
    pattern += PATTERNS[directive];
  }
  let regexp: RegExp;
  try {
    regexp = new RegExp(`^${pattern.replaceAll('\\s+\\s+', '\\s+')}$`, 'i');
  } catch {
    return undefined; // the same directive twice, which Python refuses too
  }
  return { read: (text) => readDate(regexp.exec(text)?.groups ?? (regexp.test(text) ? {} : undefined)) };
}

function readDate(parts: Readonly<Record<string, string | undefined>> | undefined): string | undefined {
  if (parts === undefined) return undefined;
  const year = yearOf(parts);
  const byMonth = [parts.m, parts.B, parts.b].some((part) => part !== undefined);
  const date = parts.j !== undefined && !byMonth
    ? utcDate(year, 0, Number(parts.j))
    : utcDate(year, monthOf(parts) - 1, Number(parts.d ?? 1));
  const wrong = year < 1 || (parts.j === undefined && date.getUTCDate() !== Number(parts.d ?? 1))
    || date.getUTCFullYear() !== year;
  if (wrong) return undefined;
  return `${year}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
}

/** `Date.UTC` takes the years 0-99 for 1900-1999. */
function utcDate(year: number, month: number, day: number): Date {
  const date = new Date(Date.UTC(2000, month, 1));
  date.setUTCFullYear(year, month, day);
  return date;
}

function yearOf(parts: Readonly<Record<string, string | undefined>>): number {
  if (parts.Y !== undefined) return Number(parts.Y);
  if (parts.y === undefined) return 1900;
  return Number(parts.y) + (Number(parts.y) < 69 ? 2000 : 1900);
}

function monthOf(parts: Readonly<Record<string, string | undefined>>): number {
  if (parts.m !== undefined) return Number(parts.m);
  const name = (parts.B ?? parts.b)?.toLowerCase();
  return name === undefined ? 1 : MONTHS.findIndex((month) => month.startsWith(name)) + 1;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
