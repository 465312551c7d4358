import { refusalOfBirthDate, type Role } from '#libs/encode';
import type { FieldRefusal } from '../extract-folder/index.js';
import { onlyPlaces, placeOf, valueReader, type ColumnMapping } from './column-mapping.js';
import { contentReader, type ContentMap, type ContentReading } from './content-map.js';
import { UNDECODABLE, type TextEncoding } from './csv-rows.js';

/** What of an encoding job says how a record of the CSV is read. */
export interface PersonReading {
  readonly columns: ColumnMapping;
  readonly idColumn: string;
  readonly content?: ContentMap;
  readonly encoding?: TextEncoding;
  readonly tolerateDates?: boolean;
}

const ZERO = 0x30;
const HYPHEN = 0x2d;

/** Dates that need no closer look; every month has 28 days. */
const PLAIN_DATE = /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;

/** What becomes of one record of the input: its id, values and content, or refusals. */
export class PersonReader {
  /** One value for each role; only for records with as many fields as the header. */
  readonly valuesOf: (record: readonly string[]) => string[];
  readonly idPlace: number;
  /**
   * Column of each role, -1 where there is none; undefined when a role has several, which `valuesOf` joins.
   */
  readonly rolePlaces: readonly number[] | undefined;
  private readonly contentOf: ((record: readonly string[]) => ContentReading) | undefined;
  private readonly birthDatePlace: number;

  /** @throws VinculumError COLUMNS_INVALID when the header lacks a column. */
  constructor(
    private readonly reading: PersonReading, private readonly header: readonly string[],
    roles: readonly Role[],
  ) {
    this.valuesOf = valueReader(reading.columns, roles, header);
    this.rolePlaces = onlyPlaces(reading.columns, roles, header);
    this.idPlace = placeOf(reading.idColumn, header);
    this.contentOf = reading.content && contentReader(reading.content, header);
    this.birthDatePlace = reading.tolerateDates ? -1 : roles.indexOf('birthDate');
  }

  /** Whether bytes of a text are a date that needs no closer look; true where no date is checked. */
  isPlainDate(text: Buffer, from: number, to: number): boolean {
    return this.birthDatePlace < 0 || isPlainDate(text, from, to);
  }

  /** Columns that `contentOrRefusals` reads. */
  get contentPlaces(): readonly number[] {
    return Object.values(this.reading.content ?? {}).map(({ column }) => placeOf(column, this.header));
  }

  get hasContent(): boolean {
    return this.contentOf !== undefined;
  }

  localIdOf(record: readonly string[]): string {
    return record[this.idPlace];
  }

  refusalOfLength(record: readonly string[]): FieldRefusal | undefined {
    const { length } = this.header;
    if (record.length === length) return undefined;
    return { field: '', reason: `expected ${length} fields as in the header, got ${record.length}` };
  }

  /**
   * Refusals of a record of the right length, if any; `undecodable` when any record near it has such a
   * character.
   */
  refusalsOf(
    record: readonly string[], values: readonly string[], undecodable: boolean,
  ): FieldRefusal[] | undefined {
    const date = this.birthDatePlace < 0 ? '' : values[this.birthDatePlace];
    const plain = date === '' || PLAIN_DATE.test(date);
    if (plain && !undecodable && this.localIdOf(record) !== '') return undefined;
    const { header, reading } = this;
    const refusals = !undecodable ? [] : record.flatMap((value, i) => (value.includes(UNDECODABLE)
      ? [{ field: header[i], reason: `not ${reading.encoding ?? 'utf8'}; say what it is with --encoding` }] : []));
    if (this.localIdOf(record) === '') refusals.push({ field: reading.idColumn, reason: 'expected a record id' });
    const reason = plain ? undefined : refusalOfBirthDate(date);
    if (reason !== undefined) refusals.push({ field: 'birthDate', reason });
    return refusals.length > 0 ? refusals : undefined;
  }

  contentOrRefusals(record: readonly string[]): ContentReading | undefined {
    return this.contentOf?.(record);
  }
}

/** Days that a month has in every year. */
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether bytes are YYYY-MM-DD of 1900 to 2099, a day that its month has in every year. */
function isPlainDate(text: Buffer, from: number, to: number): boolean {
  if (to - from !== 10 || text[from + 4] !== HYPHEN || text[from + 7] !== HYPHEN) return false;
  const [century, year] = [digitsAt(text, from), digitsAt(text, from + 2)];
  const [month, day] = [digitsAt(text, from + 5), digitsAt(text, from + 8)];
  if (century !== 19 && century !== 20) return false;
  return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1];
}

/** The number of two digits, negative where they are none. */
function digitsAt(text: Buffer, at: number): number {
  const [tens, ones] = [text[at] - ZERO, text[at + 1] - ZERO];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
}
