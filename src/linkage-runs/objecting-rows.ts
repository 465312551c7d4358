import type { SegmentFilters } from '#libs/record';
import { encodingToken } from '../objections/encoding-token.js';
import type { ObjectionMarks } from '../objections/objection-mark.js';

/** What is filed against a register's records taking part, as marks in hexadecimal. */
export interface FiledObjections {
  /** Of record ids, by the register's own custodian. */
  readonly records: ReadonlySet<string>;
  /** Of tokens, by the custodian of any register that is linked. */
  readonly tokens: ReadonlySet<string>;
}

/** Finds the rows of an extract whose people object, by record id or by the token of their encoding. */
export class ObjectingRows {
  /** Marks (hex) of the records that were found, by whichever way: one a row. */
  readonly found: string[] = [];

  /** @param segments of the extract, all rows. */
  constructor(
    private readonly filed: FiledObjections, private readonly markOfRecord: ObjectionMarks,
    private readonly markOfToken: ObjectionMarks, private readonly segments: readonly SegmentFilters[],
  ) {}

  /** Nothing is filed: no row need be looked at. */
  get isEmpty(): boolean {
    return this.filed.records.size === 0 && this.filed.tokens.size === 0;
  }

  /** Whether a row's person objects. Each row is to be asked for once. */
  has(recordId: Uint8Array, row: number): boolean {
    const mark = this.markOfRecord(recordId).toString('hex');
    const objects = this.filed.records.has(mark) || (this.filed.tokens.size > 0 && this.hasToken(row));
    if (objects) this.found.push(mark);
    return objects;
  }

  private hasToken(row: number): boolean {
    const token = encodingToken(this.segments.map(({ bits, filters }) =>
      filters.subarray((row * bits) / 8, ((row + 1) * bits) / 8)));
    return token !== undefined && this.filed.tokens.has(this.markOfToken(token).toString('hex'));
  }
}
