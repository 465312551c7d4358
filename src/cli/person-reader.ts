import { refusalOfBirthDate, type Role } from '#libs/encode';
import type { FieldRefusal } from '../extract-folder/index.js';
import { placeOf, valueReader, type ColumnMapping } from './column-mapping.js';
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

/** Dates that need no closer look; every month has 28 days. */
const PLAIN_DATE = /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;

/** What becomes of one record of the input: its id, values and content, or refusals. */
export class PersonReader {
  /** One value for each role; only for records with as many fields as the header. */
  readonly valuesOf: (record: readonly string[]) => string[];
  private readonly idPlace: number;
  private readonly contentOf: ((record: readonly string[]) => ContentReading) | undefined;
  private readonly birthDatePlace: number;

  /** @throws VinculumError COLUMNS_INVALID when the header lacks a column. */
  constructor(
    private readonly reading: PersonReading, private readonly header: readonly string[],
    roles: readonly Role[],
  ) {
    this.valuesOf = valueReader(reading.columns, roles, header);
    this.idPlace = placeOf(reading.idColumn, header);
    this.contentOf = reading.content && contentReader(reading.content, header);
    this.birthDatePlace = reading.tolerateDates ? -1 : roles.indexOf('birthDate');
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
