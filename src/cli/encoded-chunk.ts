import type { RowError } from '#libs/record';
import type { CsvRefusal } from './csv-splitter.js';

/** Some records, encoded; rows are counted from 1 within the chunk. */
export interface EncodedChunk {
  /** Records read, refused ones included. */
  readonly rows: number;
  readonly refusals: readonly RowError[];
  /** Refusals in all; at most `MAX_ROW_ERRORS` are listed. */
  readonly refusalsInAll: number;
  /** Row of each record that was not refused; undefined when none was refused. */
  readonly encodedRows?: readonly number[];
  /** Rows of id and filters of the records that were not refused. */
  readonly encodings: Uint8Array;
  readonly contentLines?: string;
  /** Why the text stops being CSV, and at which record from 0. */
  readonly csvRefusal?: { readonly reason: CsvRefusal['reason']; readonly record: number };
}
