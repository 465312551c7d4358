import { isUtf8 } from 'node:buffer';
import { FieldFinder } from '#libs/encode';
import { MAX_RECORD_CHARACTERS, type CsvDialect } from './csv-splitter.js';

/** U+FFFD, what decoding leaves of bytes that are no UTF-8. */
const UNDECODABLE = Buffer.from('\uFFFD');

/**
 * Finds the fields of CSV texts in their bytes, without making a text of them. It reads what registers
 * mostly write: UTF-8, every record with as many fields as the header, quotes around whole fields only, no
 * spaces around values. All else it leaves to `splitCsv`, which reads the same, and says what is wrong.
 */
export class PlainCsvReader {
  private readonly finder: FieldFinder;

  constructor({ delimiter, lineBreak, trim }: CsvDialect, columns: number) {
    const maxRecordBytes = MAX_RECORD_CHARACTERS;
    this.finder = new FieldFinder({ delimiter, lineBreak, trim, columns, maxRecordBytes });
  }

  /**
   * Where the fields of the records read last are: field `c` of record `r` is from byte
   * `fields[2 * (r * columns + c)]` to the next number.
   */
  get fields(): Uint32Array {
    return this.finder.fields;
  }

  /** Reads whole records; returns their number, or undefined when `splitCsv` has to read them. */
  read(bytes: Buffer): number | undefined {
    if (!isUtf8(bytes) || bytes.includes(UNDECODABLE)) return undefined;
    return this.finder.find(bytes);
  }
}
